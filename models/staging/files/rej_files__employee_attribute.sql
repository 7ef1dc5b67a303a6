{{ reject_files('employee_attribute') }}
