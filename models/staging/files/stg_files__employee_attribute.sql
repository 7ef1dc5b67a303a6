{{ stage_files('employee_attribute') }}
