{{ stage_records('odoo', 'project_milestone') }}
