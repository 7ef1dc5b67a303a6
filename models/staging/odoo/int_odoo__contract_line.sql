-- Services and charged-on costs of orders, one version each, signed with the order. A fixed price is committed; what
-- an order says of timesheet lines is an estimate; a charged-on cost is worth what was spent, so it has no price here.
-- The price of prepaid and fixed lines is net of the discount already; discount_pct is for prices per hour.
with lines as (
    select * from {{ ref('int_odoo_sale_line') }}
    where contract_type is not null
)

select
    lines.order_line_id as contract_line_id,
    cast(1 as bigint) as line_version,
    lines.order_id as contract_id,
    lines.project_id,
    lines.task_id,
    lines.line_name,
    lines.contract_type,
    cast(null as {{ dbt.type_string() }}) as practice_id,
    lines.company_id as legal_entity_id,
    case when lines.contract_type in ('fixed_fee', 'milestone') then lines.price_subtotal end as transaction_price,
    case when lines.contract_type = 'time_and_materials' then lines.price_subtotal end as estimated_value,
    cast(null as numeric(28, 6)) as minimum_commitment,
    cast(null as numeric(28, 6)) as nte_amount,
    lines.currency_code as currency,
    cast(null as numeric(28, 6)) as included_hours,
    cast(null as {{ dbt.type_string() }}) as eligible_roles,
    cast(null as numeric(28, 6)) as period_fee,
    cast(null as {{ dbt.type_string() }}) as billing_frequency,
    cast(null as date) as start_date,
    cast(null as date) as end_date,
    cast(null as date) as termination_date,
    cast(null as boolean) as acceptance_required,
    cast(null as {{ dbt.type_string() }}) as revenue_method,
    cast(null as numeric(28, 6)) as expense_markup_pct,
    lines.discount_pct,
    case when lines.order_state in ('sale', 'done') then lines.ordered_on end as signed_at,
    cast(null as {{ dbt.type_string() }}) as change_kind,
    {{ record_columns('lines', 'sale_order_line') }}
from lines
