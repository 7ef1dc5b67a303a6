{{ stage_records('odoo', 'project_project') }}
