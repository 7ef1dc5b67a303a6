{{ stage_records('odoo', 'res_company') }}
