{{ stage_files('employee') }}
