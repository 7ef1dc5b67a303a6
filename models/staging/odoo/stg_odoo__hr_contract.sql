{{ stage_records('odoo', 'hr_contract') }}
