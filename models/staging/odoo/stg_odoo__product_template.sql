{{ stage_records('odoo', 'product_template') }}
