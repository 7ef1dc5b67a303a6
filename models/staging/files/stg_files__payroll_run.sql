{{ stage_files('payroll_run') }}
