{{ reject_files('payroll_line') }}
