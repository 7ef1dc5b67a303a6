{{ stage_records('odoo', 'res_currency', [
    {'source': 'id', 'name': 'currency_id', 'required': true},
    {'source': 'name', 'name': 'currency_code', 'required': true},
    {'source': 'active', 'name': 'is_active', 'type': 'boolean'},
]) }}
