{{ stage_records('odoo', 'sale_order') }}
