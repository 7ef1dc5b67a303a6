{{ stage_records('odoo', 'project_project', [
    {'source': 'id', 'name': 'project_id', 'required': true},
    {'source': 'name', 'name': 'project_name', 'required': true},
    {'source': 'partner_id'},
    {'source': 'company_id'},
    {'source': 'user_id', 'name': 'manager_user_id'},
    {'source': 'stage_id'},
    {'source': 'date_start', 'name': 'start_date', 'type': 'date'},
    {'source': 'date', 'name': 'end_date', 'type': 'date'},
    {'source': 'allow_billable', 'name': 'is_billable', 'type': 'boolean'},
    {'source': 'last_update_status'},
    {'source': 'active', 'name': 'is_active', 'type': 'boolean'},
]) }}
