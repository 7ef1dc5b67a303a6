{{ stage_records('odoo', 'res_currency_rate') }}
