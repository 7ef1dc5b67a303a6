{{ stage_files('payroll_line') }}
