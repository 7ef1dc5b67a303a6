{{ stage_records('odoo', 'hr_job', [
    {'source': 'id', 'name': 'job_id', 'required': true},
    {'source': 'name', 'name': 'job_name', 'required': true},
    {'source': 'department_id'},
    {'source': 'company_id'},
    {'source': 'active', 'name': 'is_active', 'type': 'boolean'},
]) }}
