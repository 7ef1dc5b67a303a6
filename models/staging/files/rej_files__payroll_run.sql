{{ reject_files('payroll_run') }}
