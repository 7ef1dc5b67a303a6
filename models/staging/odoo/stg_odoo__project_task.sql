{{ stage_records('odoo', 'project_task', [
    {'source': 'id', 'name': 'task_id', 'required': true},
    {'source': 'name', 'name': 'task_name', 'required': true},
    {'source': 'project_id'},
    {'source': 'parent_id', 'name': 'parent_task_id'},
    {'source': 'partner_id'},
    {'source': 'stage_id'},
    {'source': 'state', 'name': 'task_state'},
    {'source': 'allocated_hours', 'type': 'numeric(28,6)'},
    {'source': 'active', 'name': 'is_active', 'type': 'boolean'},
]) }}
