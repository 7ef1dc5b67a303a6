{{ stage_records('odoo', 'sale_order_line') }}
