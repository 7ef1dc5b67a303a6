{{ stage_records('odoo', 'hr_leave') }}
