-- `role` is the contract's name for it.
-- Cost per hour as Odoo values a timesheet line with it: the cost set for a person on a project goes before the
-- person's hourly cost. A cost on a project that nobody changed is only a copy of the hourly cost and is left out.
--
-- Odoo keeps the current cost only. Its past is what earlier refreshes saw: the first version that was seen holds
-- since ever (valid_from empty), a later one from the day (UTC) on which it was first seen; several changes of a day
-- count as the last one; a rate whose record was deleted ends on the day on which that was seen.
-- An hourly cost of 0 is Odoo's "not set" and gives no rate; a 0 that somebody set for a project is meant.
with seen as (
    select
        versions.source_system,
        'employee' as scope,
        versions.employee_id,
        cast(null as {{ dbt.type_string() }}) as project_id,
        versions.company_id,
        case when versions.hourly_cost <> 0 then versions.hourly_cost end as rate,
        'hr_employee' as source_object,
        versions.source_id,
        versions.known_from,
        versions.known_to,
        versions.is_deleted,
        versions.record_hash,
        versions.load_id,
        versions.source_file,
        versions.source_row
    from {{ ref('int_odoo_employee_version') }} as versions
    union all
    select
        versions.source_system,
        'project_employee' as scope,
        versions.employee_id,
        versions.project_id,
        cast(null as {{ dbt.type_string() }}) as company_id,
        case when coalesce(versions.is_cost_changed, true) then versions.cost end as rate,
        'project_sale_line_employee_map' as source_object,
        versions.source_id,
        versions.known_from,
        versions.known_to,
        versions.is_deleted,
        versions.record_hash,
        versions.load_id,
        versions.source_file,
        versions.source_row
    from {{ ref('int_odoo_project_rate_version') }} as versions
),

employees as (
    select * from {{ ref('stg_odoo__hr_employee') }}
),

companies as (
    select * from {{ ref('int_odoo__legal_entity') }}
),

placed as (
    select
        seen.*,
        row_number() over (
            partition by seen.source_system, seen.scope, seen.source_id order by seen.known_from, seen.record_hash
        ) as place,
        row_number() over (
            partition by seen.source_system, seen.scope, seen.source_id, cast(seen.known_from as date)
            order by seen.known_from desc, seen.record_hash asc
        ) as place_of_day
    from seen
),

priced as (
    select
        placed.*,
        companies.functional_currency as currency
    from placed
    left join employees
        on placed.source_system = employees.source_system and placed.employee_id = employees.employee_id
    left join companies
        on
            placed.source_system = companies.source_system
            and companies.legal_entity_id = coalesce(placed.company_id, employees.company_id)
),

openings as (
    select
        priced.*,
        {{ beginning_of_time() }} as held_from
    from priced
    where priced.place = 1
    union all
    select
        priced.*,
        cast(priced.known_from as date) as held_from
    from priced
    where priced.place > 1 and priced.place_of_day = 1
),

described as (
    select
        *,
        coalesce(cast(rate as {{ dbt.type_string() }}), '-') || ' ' || coalesce(currency, '-') || ' '
        || coalesce(employee_id, '-') || ' ' || coalesce(project_id, '-') as meaning
    from openings
),

-- what somebody else's record says on the same pair is another rate, so changes are counted record by record
changes as (
    select
        *,
        -- after a deletion the same record may come back: that is a new stretch
        case
            when
                meaning = lag(meaning) over (partition by source_system, scope, source_id order by held_from)
                and not lag(is_deleted) over (partition by source_system, scope, source_id order by held_from)
                then 0
            else 1
        end as is_change
    from described
),

numbered as (
    select
        *,
        sum(is_change) over (
            partition by source_system, scope, source_id
            order by held_from
            rows between unbounded preceding and current row
        ) as stretch
    from changes
),

stretches as (
    select
        *,
        row_number() over (
            partition by source_system, scope, source_id, stretch order by held_from
        ) as stretch_place,
        first_value(case when is_deleted then cast(known_to as date) else {{ end_of_time() }} end) over (
            partition by source_system, scope, source_id, stretch
            order by held_from desc
            rows between unbounded preceding and unbounded following
        ) as deleted_on
    from numbered
),

bounded as (
    select
        *,
        least(
            lead(held_from, 1, {{ end_of_time() }}) over (
                partition by source_system, scope, source_id order by held_from
            ), deleted_on
        ) as held_to
    from stretches
    where stretch_place = 1
),

rates as (
    select
        bounded.source_system,
        bounded.source_object,
        bounded.scope,
        bounded.employee_id,
        bounded.project_id,
        bounded.rate,
        bounded.currency,
        bounded.scope || ':' || bounded.source_id
        || case
            when bounded.held_from > {{ beginning_of_time() }}
                then '@' || cast(bounded.held_from as {{ dbt.type_string() }})
            else ''
        end as cost_rate_id,
        nullif(bounded.held_from, {{ beginning_of_time() }}) as valid_from,
        nullif(bounded.held_to, {{ end_of_time() }}) as valid_to,
        bounded.known_from,
        bounded.known_to,
        false as is_deleted,
        bounded.record_hash,
        bounded.load_id,
        bounded.source_file,
        bounded.source_row
    from bounded
    where bounded.rate is not null and bounded.held_to > bounded.held_from
)

select
    rates.cost_rate_id,
    rates.scope,
    rates.employee_id,
    cast(null as {{ dbt.type_string() }}) as employment_id,
    rates.project_id,
    cast(null as {{ dbt.type_string() }}) as role, -- noqa: RF04
    cast(null as {{ dbt.type_string() }}) as legal_entity_id,
    rates.rate,
    rates.currency,
    cast(null as numeric(28, 6)) as salary_component,
    cast(null as numeric(28, 6)) as burden_component,
    cast(null as numeric(28, 6)) as overhead_component,
    case when rates.rate = 0 then 'set to 0 on the project' end as zero_rate_reason,
    {{ record_columns(
        'rates', 'cost_rate',
        source_id='rates.cost_rate_id',
        quality_flags="case when rates.rate < 0 then 'negative_rate' end",
        valid_from='rates.valid_from',
        valid_to='rates.valid_to'
    ) }}
from rates
