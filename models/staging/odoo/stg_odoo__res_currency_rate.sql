{{ stage_records('odoo', 'res_currency_rate', [
    {'source': 'id', 'name': 'currency_rate_id', 'required': true},
    {'source': 'currency_id', 'required': true},
    {'source': 'company_id'},
    {'source': 'name', 'name': 'rate_date', 'type': 'date', 'required': true},
    {'source': 'rate', 'type': 'numeric(28,10)', 'required': true},
]) }}
