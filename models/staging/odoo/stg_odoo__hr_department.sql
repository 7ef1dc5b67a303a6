{{ stage_records('odoo', 'hr_department', [
    {'source': 'id', 'name': 'department_id', 'required': true},
    {'source': 'name', 'name': 'department_name', 'required': true},
    {'source': 'complete_name'},
    {'source': 'parent_id', 'name': 'parent_department_id'},
    {'source': 'manager_id', 'name': 'manager_employee_id'},
    {'source': 'company_id'},
    {'source': 'active', 'name': 'is_active', 'type': 'boolean'},
]) }}
