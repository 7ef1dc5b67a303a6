-- Products as documents name them, with what Odoo keeps on their template.
select
    variants.source_system,
    variants.product_id,
    templates.product_name,
    templates.product_type,
    templates.invoice_policy,
    templates.service_type,
    templates.expense_policy
from {{ ref('stg_odoo__product_product') }} as variants
inner join {{ ref('stg_odoo__product_template') }} as templates
    on variants.source_system = templates.source_system and variants.template_id = templates.template_id
