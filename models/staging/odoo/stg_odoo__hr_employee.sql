{{ stage_records('odoo', 'hr_employee') }}
