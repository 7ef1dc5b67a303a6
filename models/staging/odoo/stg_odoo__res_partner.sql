{{ stage_records('odoo', 'res_partner') }}
