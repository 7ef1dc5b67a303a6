-- One row per customer, attributes by precedence of system: the first system that has a value gives it.
with precedence as (
    {{ system_precedence('customer') }}
),

members as (
    select
        customers.*,
        links.canonical_key,
        links.canonical_id,
        links.canonical_system,
        row_number() over (
            partition by links.canonical_key
            order by customers.is_deleted, precedence.precedence, customers.entity_key
        ) as place
    from {{ ref('can_customer') }} as customers
    inner join precedence on customers.source_system = precedence.source_system
    inner join {{ ref('xwalk_customer') }} as links
        on customers.source_system = links.source_system and customers.customer_id = links.source_id
    where links.valid_to = {{ end_of_time() }}
)

select
    canonical_key as customer_key,
    min(canonical_id) as customer_id,
    min(canonical_system) as source_system,
    max(case when place = 1 then customer_name end) as customer_name,
    coalesce(
        max(case when place = 1 then customer_group end),
        max(case when place = 2 then customer_group end), max(customer_group)
    ) as customer_group,
    coalesce(max(case when place = 1 then country end), max(case when place = 2 then country end), max(country))
        as country,
    coalesce(
        max(case when place = 1 then customer_number end),
        max(case when place = 2 then customer_number end), max(customer_number)
    ) as customer_number,
    coalesce(
        max(case when place = 1 then tax_registration end),
        max(case when place = 2 then tax_registration end), max(tax_registration)
    ) as tax_registration,
    cast(count(*) as integer) as source_records
from members
group by canonical_key
union all
select
    'unassigned' as customer_key,
    cast(null as {{ dbt.type_string() }}) as customer_id,
    cast(null as {{ dbt.type_string() }}) as source_system,
    'Unassigned' as customer_name,
    cast(null as {{ dbt.type_string() }}) as customer_group,
    cast(null as {{ dbt.type_string() }}) as country,
    cast(null as {{ dbt.type_string() }}) as customer_number,
    cast(null as {{ dbt.type_string() }}) as tax_registration,
    0 as source_records
