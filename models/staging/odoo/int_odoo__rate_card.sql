-- The price per hour of each order line that is invoiced by timesheet, in force on all its days: Odoo prices what is
-- not invoiced yet with the line's present price, whenever it was worked. The discount stays with the contract line.
-- Where a project maps a person to such a line the price is that person's too. The map's own price is Odoo's copy of
-- the line's, so the line's is taken. A price of 0 on an order is one that the customer agreed to.
-- `role` is the contract's name for it.
with lines as (
    select * from {{ ref('int_odoo_sale_line') }}
    where contract_type = 'time_and_materials' and price_per_hour is not null
),

maps as (
    select
        staged.*,
        row_number() over (
            partition by staged.source_system, staged.order_line_id, staged.employee_id
            order by staged.is_deleted, {{ cast_text('staged.map_id', 'integer') }}
        ) as place
    from {{ ref('stg_odoo__project_sale_line_employee_map') }} as staged
    where staged.order_line_id is not null
)

select
    'line:' || lines.order_line_id as rate_card_row_id,
    'bill' as rate_type,
    'contract_line' as scope,
    lines.order_line_id as scope_id,
    cast(null as {{ dbt.type_string() }}) as employee_id,
    cast(null as {{ dbt.type_string() }}) as role, -- noqa: RF04
    cast(null as {{ dbt.type_string() }}) as region,
    cast(null as {{ dbt.type_string() }}) as work_type,
    lines.price_per_hour as rate,
    lines.currency_code as currency,
    cast(null as numeric(28, 6)) as multiplier,
    cast(null as numeric(28, 6)) as discount_pct,
    case when lines.price_per_hour = 0 then 'price of 0 on the order' end as zero_rate_reason,
    cast(null as {{ dbt.type_string() }}) as approved_by,
    {{ record_columns(
        'lines', 'sale_order_line', source_id="'line:' || lines.order_line_id", quality_flags='lines.price_flags'
    ) }}
from lines
union all
select
    'map:' || maps.map_id as rate_card_row_id,
    'bill' as rate_type,
    'contract_line' as scope,
    lines.order_line_id as scope_id,
    maps.employee_id,
    cast(null as {{ dbt.type_string() }}) as role, -- noqa: RF04
    cast(null as {{ dbt.type_string() }}) as region,
    cast(null as {{ dbt.type_string() }}) as work_type,
    lines.price_per_hour as rate,
    lines.currency_code as currency,
    cast(null as numeric(28, 6)) as multiplier,
    cast(null as numeric(28, 6)) as discount_pct,
    case when lines.price_per_hour = 0 then 'price of 0 on the order' end as zero_rate_reason,
    cast(null as {{ dbt.type_string() }}) as approved_by,
    {{ record_columns(
        'maps', 'project_sale_line_employee_map', source_id="'map:' || maps.map_id", quality_flags='lines.price_flags'
    ) }}
from maps
inner join lines
    on maps.source_system = lines.source_system and maps.order_line_id = lines.order_line_id
where maps.place = 1 and not lines.is_deleted
