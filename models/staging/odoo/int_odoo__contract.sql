-- Orders as contracts, by the order's id: its number may be edited. Confirming an order signs it, on the day that
-- Odoo then keeps as the order's date; a quotation is a contract without a signature, and so is a cancelled order.
with orders as (
    select * from {{ ref('stg_odoo__sale_order') }}
),

partners as (
    select * from {{ ref('stg_odoo__res_partner') }}
)

select
    orders.order_id as contract_id,
    coalesce(partners.commercial_partner_id, orders.partner_id, 'none') as customer_id,
    orders.order_number as contract_name,
    orders.opportunity_id,
    orders.company_id as legal_entity_id,
    orders.currency_code as currency,
    case
        when orders.order_state in ('sale', 'done') then 'signed'
        when orders.order_state = 'cancel' then 'cancelled'
        else orders.order_state
    end as status,
    case when orders.order_state in ('sale', 'done') then cast(orders.ordered_at as date) end as signature_date,
    case when orders.order_state in ('sale', 'done') then orders.ordered_at end as approved_at,
    cast(null as date) as start_date,
    cast(null as date) as end_date,
    cast(null as bigint) as notice_days,
    cast(null as numeric(28, 6)) as nte_amount,
    cast(null as {{ dbt.type_string() }}) as rate_date_basis,
    cast(null as boolean) as conversion_allowed,
    {{ record_columns('orders', 'sale_order') }}
from orders
left join partners
    on orders.source_system = partners.source_system and orders.partner_id = partners.partner_id
