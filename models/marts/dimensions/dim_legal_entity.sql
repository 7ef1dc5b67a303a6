-- One row per legal entity; where several systems know it, the one that stands first in the firm file speaks.
with known as (
    {{ golden_rows('legal_entity', ['legal_entity_id']) }}
),

referenced as (
    select attribute_value as legal_entity_id from {{ ref('can_employee_attribute') }}
    where attribute = 'legal_entity' and not is_deleted
    union
    select legal_entity_id from {{ ref('can_project') }}
    where legal_entity_id is not null and not is_deleted
    union
    select legal_entity_id from {{ ref('can_contract') }}
    where legal_entity_id is not null and not is_deleted
    union
    select legal_entity_id from {{ ref('can_contract_line') }}
    where legal_entity_id is not null and not is_deleted
)

select
    {{ surrogate_key(["'legal_entity'", 'known.legal_entity_id']) }} as legal_entity_key,
    known.legal_entity_id,
    known.legal_entity_name,
    known.functional_currency,
    known.country,
    known.region,
    known.holiday_location,
    coalesce(known.fiscal_year_start_month, {{ var('fiscal_year_start_month') }}) as fiscal_year_start_month,
    coalesce(
        known.standard_hours_per_day, cast({{ var('policies').standard_hours_per_day }} as numeric(28, 6))
    ) as standard_hours_per_day,
    known.accounting_framework,
    false as is_inferred
from known
union all
-- an entity that rows name but no system describes: kept by its code, without a currency
select
    {{ surrogate_key(["'legal_entity'", 'referenced.legal_entity_id']) }} as legal_entity_key,
    referenced.legal_entity_id,
    referenced.legal_entity_id as legal_entity_name,
    cast(null as {{ dbt.type_string() }}) as functional_currency,
    cast(null as {{ dbt.type_string() }}) as country,
    cast(null as {{ dbt.type_string() }}) as region,
    cast(null as {{ dbt.type_string() }}) as holiday_location,
    {{ var('fiscal_year_start_month') }} as fiscal_year_start_month,
    cast({{ var('policies').standard_hours_per_day }} as numeric(28, 6)) as standard_hours_per_day,
    cast(null as {{ dbt.type_string() }}) as accounting_framework,
    true as is_inferred
from referenced
left join known on referenced.legal_entity_id = known.legal_entity_id
where known.legal_entity_id is null
