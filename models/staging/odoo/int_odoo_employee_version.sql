{{ stage_versions('odoo', 'hr_employee') }}
