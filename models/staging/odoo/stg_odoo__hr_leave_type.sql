{{ stage_records('odoo', 'hr_leave_type', [
    {'source': 'id', 'name': 'leave_type_id', 'required': true},
    {'source': 'name', 'name': 'leave_type_name', 'required': true},
    {'source': 'time_type'},
    {'source': 'unpaid', 'name': 'is_unpaid', 'type': 'boolean'},
    {'source': 'timesheet_project_id'},
    {'source': 'timesheet_task_id'},
    {'source': 'active', 'name': 'is_active', 'type': 'boolean'},
]) }}
