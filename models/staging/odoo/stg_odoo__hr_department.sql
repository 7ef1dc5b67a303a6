{{ stage_records('odoo', 'hr_department') }}
