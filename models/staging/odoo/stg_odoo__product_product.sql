{{ stage_records('odoo', 'product_product') }}
