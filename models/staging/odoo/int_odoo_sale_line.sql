-- What orders sell: their lines without sections, notes and down payments (advances on the other lines).
--
-- contract_type says how a line is invoiced, which Odoo decides by the product: services invoiced on delivery that
-- timesheets measure are time and materials; delivery measured by milestones is a milestone line; all that is invoiced
-- as ordered (prepaid, also where milestones measure progress) or by a quantity set by hand has a fixed price. Costs
-- charged on to the customer are expense lines. Goods have none: they are no work.
-- The project is the line's own, its task's, the one that counts its time for the line, or the only one of the order.
-- price_per_hour is net of tax, before the discount: a price that contains tax is cut to what the subtotal says.
with lines as (
    select * from {{ ref('stg_odoo__sale_order_line') }}
    where display_type is null and not coalesce(is_downpayment, false)
),

orders as (
    select * from {{ ref('stg_odoo__sale_order') }}
),

products as (
    select * from {{ ref('int_odoo_product') }}
),

tasks as (
    select * from {{ ref('stg_odoo__project_task') }}
),

default_lines as (
    select
        source_system,
        order_line_id,
        min(project_id) as project_id,
        count(*) as projects
    from {{ ref('stg_odoo__project_project') }}
    where order_line_id is not null and not is_deleted
    group by source_system, order_line_id
),

time_units as (
    select * from {{ ref('int_odoo_time_unit') }}
),

described as (
    select
        lines.*,
        orders.order_state,
        cast(orders.ordered_at as date) as ordered_on,
        case
            when coalesce(lines.is_expense, false) then 'expense'
            when not coalesce(products.product_type = 'service', lines.is_service, false) then null
            when products.invoice_policy = 'delivery' and products.service_type = 'timesheet' then 'time_and_materials'
            when products.invoice_policy = 'delivery' and products.service_type = 'milestones' then 'milestone'
            else 'fixed_fee'
        end as contract_type,
        coalesce(
            lines.project_id, tasks.project_id, case when default_lines.projects = 1 then default_lines.project_id end
        ) as own_project_id,
        -- the line that a project's time counts for by default is not of one task only
        case when default_lines.order_line_id is null then lines.task_id end as only_task_id,
        coalesce(lines.currency_code, orders.currency_code) as line_currency,
        coalesce(lines.company_id, orders.company_id) as line_company_id,
        time_units.hours_per_unit,
        {{ multiply_rate(
            multiply_rate('lines.price_unit', 'lines.quantity'), '(1 - coalesce(lines.discount_pct, 0) * 0.01)'
        ) }} as stated_amount
    from lines
    inner join orders
        on lines.source_system = orders.source_system and lines.order_id = orders.order_id
    left join products
        on lines.source_system = products.source_system and lines.product_id = products.product_id
    left join tasks
        on lines.source_system = tasks.source_system and lines.task_id = tasks.task_id
    left join default_lines
        on lines.source_system = default_lines.source_system and lines.order_line_id = default_lines.order_line_id
    left join time_units
        on lines.source_system = time_units.source_system and lines.uom_id = time_units.uom_id
),

only_projects as (
    select
        source_system,
        order_id,
        min(own_project_id) as project_id
    from described
    where not is_deleted
    group by source_system, order_id
    having count(distinct own_project_id) = 1
),

judged as (
    select
        described.*,
        coalesce(described.own_project_id, only_projects.project_id) as work_project_id,
        described.stated_amount > 0
        and described.price_subtotal > 0
        and abs(described.stated_amount - described.price_subtotal) * 200 > described.stated_amount as contains_tax
    from described
    left join only_projects
        on described.source_system = only_projects.source_system and described.order_id = only_projects.order_id
),

priced as (
    select
        *,
        case
            when contains_tax
                then {{ multiply_rate('price_unit', divide_rate('price_subtotal', 'stated_amount')) }}
            else price_unit
        end as net_price
    from judged
)

select
    source_system,
    source_id,
    order_line_id,
    order_id,
    order_state,
    ordered_on,
    line_name,
    contract_type,
    work_project_id as project_id,
    only_task_id as task_id,
    line_company_id as company_id,
    line_currency as currency_code,
    discount_pct,
    price_subtotal,
    expense_id,
    known_from,
    known_to,
    is_deleted,
    record_hash,
    load_id,
    source_file,
    source_row,
    case
        when net_price < 0 or net_price > 999999999 then null
        -- time on a line in another unit (pieces) counts one piece per hour, as Odoo counts it
        when hours_per_unit is null or hours_per_unit = 1 then net_price
        when hours_per_unit > 0 then {{ divide_rate('net_price', 'hours_per_unit') }}
    end as price_per_hour,
    nullif(trim(
        both ',' from
        case when contains_tax then 'price_includes_tax,' else '' end
        || case when hours_per_unit <> 1 then 'converted_to_hours' else '' end
    ), '') as price_flags
from priced
