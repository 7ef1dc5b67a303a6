{{ stage_records('odoo', 'resource_calendar_leaves') }}
