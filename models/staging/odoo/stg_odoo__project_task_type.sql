{{ stage_records('odoo', 'project_task_type') }}
