{{ stage_records('odoo', 'hr_expense') }}
