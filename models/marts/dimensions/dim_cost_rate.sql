-- Cost rates without overlap, by level. Level 1 project × person, 2 employment, 3 person, 4 role × entity,
-- 5 role; each row's lookup_key is what fct_time_entry builds for that level. Where rows of one key overlap,
-- the latest valid_from wins, then the lowest id; the loser is truncated and `contenders` says so.
with rates as (
    select
        rates.*,
        people.canonical_key as employee_key,
        projects.canonical_key as project_key,
        employments.employment_key
    from {{ ref('can_cost_rate') }} as rates
    left join {{ ref('xwalk_employee') }} as people
        on
            rates.source_system = people.source_system
            and rates.employee_id = people.source_id
            and people.valid_to = {{ end_of_time() }}
    left join {{ ref('xwalk_project') }} as projects
        on
            rates.source_system = projects.source_system
            and rates.project_id = projects.source_id
            and projects.valid_to = {{ end_of_time() }}
    left join {{ ref('int_employment') }} as employments
        on
            people.canonical_key = employments.employee_key
            and rates.employment_id = employments.employment_id
            and employments.is_first_of_id
    where
        not rates.is_deleted
        -- a rate below zero prices nothing: it is flagged, and the hours stay uncosted
        and rates.rate >= 0
        and (rates.valid_to is null or rates.valid_from is null or rates.valid_to > rates.valid_from)
),

keyed as (
    select
        rates.*,
        case
            when rates.scope = 'project_employee' then 1
            when rates.scope = 'employee' and rates.employment_id is not null then 2
            when rates.scope = 'employee' then 3
            when rates.scope = 'role_entity' then 4
            else 5
        end as rate_level,
        case
            when rates.scope = 'project_employee' then rates.project_key || '|' || rates.employee_key
            when rates.scope = 'employee' and rates.employment_id is not null then rates.employment_key
            when rates.scope = 'employee' then rates.employee_key
            when rates.scope = 'role_entity' then rates.role || '|' || rates.legal_entity_id
            else rates.role
        end as lookup_key
    from rates
),

usable as (
    select * from keyed
    where lookup_key is not null
),

resolved as (
    {{ resolve_intervals(
        'usable', ['rate_level', 'lookup_key'], ['entity_key'],
        'bounded.valid_from desc nulls last, bounded.cost_rate_id, bounded.entity_key'
    ) }}
)

select
    {{ surrogate_key(['resolved.rate_level', 'resolved.lookup_key', 'resolved.valid_from']) }} as cost_rate_key,
    resolved.rate_level,
    resolved.lookup_key,
    resolved.valid_from,
    resolved.valid_to,
    usable.source_system,
    usable.cost_rate_id,
    usable.rate,
    usable.currency,
    usable.salary_component,
    usable.burden_component,
    usable.overhead_component,
    coalesce(currencies.minor_unit, 2) as minor_unit,
    cast(resolved.contenders as integer) as contenders
from resolved
inner join usable on resolved.entity_key = usable.entity_key
left join {{ ref('currency') }} as currencies on usable.currency = currencies.currency
