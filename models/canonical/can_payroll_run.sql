{{ canonical_entity('payroll_run') }}
