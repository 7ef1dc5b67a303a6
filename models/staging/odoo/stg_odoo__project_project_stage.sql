{{ stage_records('odoo', 'project_project_stage', [
    {'source': 'id', 'name': 'stage_id', 'required': true},
    {'source': 'name', 'name': 'stage_name', 'required': true},
    {'source': 'fold', 'name': 'is_folded', 'type': 'boolean'},
]) }}
