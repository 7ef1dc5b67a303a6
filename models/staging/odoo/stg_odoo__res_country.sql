{{ stage_records('odoo', 'res_country', [
    {'source': 'id', 'name': 'country_id', 'required': true},
    {'source': 'code', 'name': 'country_code', 'required': true},
    {'source': 'name', 'name': 'country_name'},
]) }}
