{{ stage_records('odoo', 'hr_job') }}
