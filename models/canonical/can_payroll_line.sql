{{ canonical_entity('payroll_line') }}
