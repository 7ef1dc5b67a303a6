{{ stage_records('odoo', 'project_sale_line_employee_map', [
    {'source': 'id', 'name': 'map_id', 'required': true},
    {'source': 'project_id', 'required': true},
    {'source': 'employee_id', 'required': true},
    {'source': 'cost', 'type': 'numeric(28,6)'},
    {'source': 'is_cost_changed', 'type': 'boolean'},
    {'source': 'price_unit', 'type': 'numeric(28,6)'},
]) }}
