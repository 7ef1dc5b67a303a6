-- Numbered steps: 1 cut each employment where any attribute changes; 2 read every attribute at each cut;
-- 3 resolve codes; 4 mark the version that as_is reads; 5 add the Unassigned member.
with employments as (
    select * from {{ ref('int_employment') }}
),

attributes as (
    select * from {{ ref('int_employment_attribute') }}
),

horizon as (
    select * from {{ ref('int_horizon') }}
),

people as (
    select
        canonical_key,
        min(case when is_golden then employee_id end) as employee_id,
        coalesce(min(case when is_golden then employee_name end), min(employee_name)) as employee_name
    from (
        select
            links.canonical_key,
            employees.employee_id,
            employees.employee_name,
            links.canonical_system = employees.source_system and links.canonical_id = employees.employee_id as is_golden
        from {{ ref('can_employee') }} as employees
        inner join {{ ref('xwalk_employee') }} as links
            on employees.source_system = links.source_system and employees.employee_id = links.source_id
    ) as members
    group by canonical_key
),

cuts as (
    select
        employment_key,
        valid_from as cut
    from employments
    union
    select
        employment_key,
        valid_to as cut
    from employments
    union
    select
        attributes.employment_key,
        attributes.valid_from as cut
    from attributes
    inner join employments on attributes.employment_key = employments.employment_key
    where attributes.valid_from > employments.valid_from and attributes.valid_from < employments.valid_to
    union
    select
        attributes.employment_key,
        attributes.carried_from as cut
    from attributes
    inner join employments on attributes.employment_key = employments.employment_key
    where attributes.carried_from > employments.valid_from and attributes.carried_from < employments.valid_to
),

versions as (
    select
        employment_key,
        cut as valid_from,
        lead(cut) over (partition by employment_key order by cut) as valid_to
    from cuts
),

read_out as (
    select
        versions.employment_key,
        versions.valid_from,
        versions.valid_to,
        {% for attribute in [
            'practice', 'department', 'manager', 'cost_center', 'location', 'legal_entity', 'employment_status',
            'employment_type', 'fte', 'calendar', 'role', 'level', 'is_billable_resource', 'utilization_target'
        ] -%}
        max(case when attributes.attribute = '{{ attribute }}' then attributes.attribute_value end) as {{ attribute }},
        {% endfor -%}
        max(attributes.source_system) as attribute_system,
        max(case when versions.valid_from >= attributes.carried_from then 1 else 0 end) = 1 as has_carried_values
    from versions
    left join attributes
        on
            versions.employment_key = attributes.employment_key
            and versions.valid_from >= attributes.valid_from
            and versions.valid_from < attributes.valid_to
    where versions.valid_to is not null
    group by versions.employment_key, versions.valid_from, versions.valid_to
),

resolved as (
    select
        read_out.*,
        employments.employee_key,
        employments.employment_id,
        employments.source_system,
        codes.practice_id,
        -- a number that cannot be a share or an FTE is as good as none
        coalesce(
            case
                when abs({{ cast_text('read_out.utilization_target', 'numeric(28,6)') }}) < 100
                    then {{ cast_text('read_out.utilization_target', 'numeric(28,6)') }}
            end, targets.target
        ) as target,
        case
            when {{ cast_text('read_out.fte', 'numeric(28,6)') }} between 0 and 100
                then {{ cast_text('read_out.fte', 'numeric(28,6)') }}
        end as fte_number,
        {{ cast_text('read_out.is_billable_resource', 'boolean') }} as billable_flag,
        row_number() over (partition by read_out.employment_key order by read_out.valid_from) as version_number,
        row_number() over (partition by read_out.employment_key order by read_out.valid_from desc) as versions_after,
        row_number() over (
            partition by read_out.employment_key
            order by case when read_out.valid_from <= horizon.as_of then 0 else 1 end, case
                when read_out.valid_from <= horizon.as_of
                    then {{ days_between('read_out.valid_from', 'horizon.as_of') }}
                else {{ days_between('horizon.as_of', 'read_out.valid_from') }}
            end
        ) = 1 as is_as_is
    from read_out
    cross join horizon
    inner join employments on read_out.employment_key = employments.employment_key
    left join {{ ref('int_practice_code') }} as codes
        on read_out.attribute_system = codes.source_system and read_out.practice = codes.source_practice_id
    left join {{ ref('role_utilization_target') }} as targets on read_out.role = targets.role
)

select
    {{ surrogate_key(['resolved.employment_key', 'resolved.valid_from']) }} as employee_version_key,
    resolved.employee_key,
    resolved.employment_key,
    resolved.source_system,
    people.employee_id,
    resolved.employment_id,
    coalesce(people.employee_name, resolved.employment_id) as employee_name,
    resolved.valid_from,
    resolved.valid_to,
    -- dates outside the employment read the nearest version
    case when resolved.version_number = 1 then {{ beginning_of_time() }} else resolved.valid_from end as lookup_from,
    case when resolved.versions_after = 1 then {{ end_of_time() }} else resolved.valid_to end as lookup_to,
    resolved.is_as_is,
    {{ surrogate_key(["'practice'", 'resolved.practice_id']) }} as practice_key,
    resolved.practice_id,
    coalesce(practices.practice_name, 'Unassigned') as practice_name,
    coalesce(resolved.legal_entity, 'Unassigned') as legal_entity_id,
    entities.functional_currency,
    entities.region,
    coalesce(
        entities.standard_hours_per_day, cast({{ var('policies').standard_hours_per_day }} as numeric(28, 6))
    ) as standard_hours_per_day,
    coalesce(entities.fiscal_year_start_month, {{ var('fiscal_year_start_month') }}) as fiscal_year_start_month,
    coalesce(resolved.department, 'Unassigned') as department,
    coalesce(managers.employee_name, resolved.manager, 'Unassigned') as manager,
    coalesce(resolved.cost_center, 'Unassigned') as cost_center,
    coalesce(resolved.location, 'Unassigned') as location,
    coalesce(resolved.role, 'Unassigned') as role,
    coalesce(resolved.level, 'Unassigned') as level,
    coalesce(resolved.employment_type, 'employee') as employment_type,
    resolved.employment_status,
    coalesce(resolved.fte_number, cast(1 as numeric(28, 6))) as fte,
    resolved.fte_number is null as is_fte_assumed,
    resolved.calendar as calendar_id,
    resolved.target as utilization_target,
    coalesce(resolved.billable_flag, true) as is_billable_resource,
    case
        when resolved.employment_type = 'contingent' then 'contingent'
        when coalesce(resolved.billable_flag, true) then 'billable'
        else 'other'
    end as population,
    resolved.has_carried_values
from resolved
left join people on resolved.employee_key = people.canonical_key
left join {{ ref('dim_practice') }} as practices on resolved.practice_id = practices.practice_id
left join {{ ref('dim_legal_entity') }} as entities on resolved.legal_entity = entities.legal_entity_id
left join {{ ref('xwalk_employee') }} as manager_links
    on
        resolved.attribute_system = manager_links.source_system
        and resolved.manager = manager_links.source_id
        and resolved.valid_from >= manager_links.valid_from
        and resolved.valid_from < manager_links.valid_to
left join people as managers on manager_links.canonical_key = managers.canonical_key
union all
-- work of a person whom no system of record knows is kept here
select
    'unassigned' as employee_version_key,
    'unassigned' as employee_key,
    'unassigned' as employment_key,
    cast(null as {{ dbt.type_string() }}) as source_system,
    cast(null as {{ dbt.type_string() }}) as employee_id,
    cast(null as {{ dbt.type_string() }}) as employment_id,
    'Unassigned' as employee_name,
    {{ beginning_of_time() }} as valid_from,
    {{ end_of_time() }} as valid_to,
    {{ beginning_of_time() }} as lookup_from,
    {{ end_of_time() }} as lookup_to,
    true as is_as_is,
    cast(null as {{ dbt.type_string() }}) as practice_key,
    cast(null as {{ dbt.type_string() }}) as practice_id,
    'Unassigned' as practice_name,
    'Unassigned' as legal_entity_id,
    cast(null as {{ dbt.type_string() }}) as functional_currency,
    cast(null as {{ dbt.type_string() }}) as region,
    cast(null as numeric(28, 6)) as standard_hours_per_day,
    {{ var('fiscal_year_start_month') }} as fiscal_year_start_month,
    'Unassigned' as department,
    'Unassigned' as manager,
    'Unassigned' as cost_center,
    'Unassigned' as location,
    'Unassigned' as role,
    'Unassigned' as level,
    'Unassigned' as employment_type,
    cast(null as {{ dbt.type_string() }}) as employment_status,
    cast(null as numeric(28, 6)) as fte,
    false as is_fte_assumed,
    cast(null as {{ dbt.type_string() }}) as calendar_id,
    cast(null as numeric(28, 6)) as utilization_target,
    false as is_billable_resource,
    'unknown' as population,
    false as has_carried_values
