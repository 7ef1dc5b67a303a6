{{ stage_records('odoo', 'res_partner', [
    {'source': 'id', 'name': 'partner_id', 'required': true},
    {'source': 'name', 'name': 'partner_name'},
    {'source': 'complete_name'},
    {'source': 'commercial_partner_id'},
    {'source': 'parent_id', 'name': 'parent_partner_id'},
    {'source': 'country_id'},
    {'source': 'vat', 'name': 'tax_registration'},
    {'source': 'ref', 'name': 'partner_number'},
    {'source': 'is_company', 'type': 'boolean'},
    {'source': 'active', 'name': 'is_active', 'type': 'boolean'},
]) }}
