{{ stage_records('odoo', 'uom_uom', [
    {'source': 'id', 'name': 'uom_id', 'required': true},
    {'source': 'name', 'name': 'uom_name', 'required': true},
    {'source': 'category_id', 'name': 'uom_category_id'},
    {'source': 'factor', 'type': 'numeric(28,10)'},
]) }}
