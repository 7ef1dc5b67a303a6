{{ stage_records('odoo', 'res_country') }}
