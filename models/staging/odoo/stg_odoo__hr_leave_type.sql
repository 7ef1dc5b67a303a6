{{ stage_records('odoo', 'hr_leave_type') }}
