-- Project versions: one row per project and interval; the rows of a project that carry valid_from follow
-- one another, and a day that no row covers reads the nearest version.
with precedence as (
    {{ system_precedence('project') }}
),

known as (
    select
        projects.*,
        links.canonical_key as project_key,
        links.canonical_id,
        precedence.precedence,
        min(case when projects.is_deleted then 1 else 0 end) over (partition by links.canonical_key) as is_gone
    from {{ ref('can_project') }} as projects
    inner join precedence on projects.source_system = precedence.source_system
    inner join {{ ref('xwalk_project') }} as links
        on
            projects.source_system = links.source_system
            and projects.project_id = links.source_id
            and links.valid_to = {{ end_of_time() }}
    where projects.valid_to is null or projects.valid_from is null or projects.valid_to > projects.valid_from
),

-- work stays on a project that its system has deleted: its last rows are kept
linked as (
    select * from known
    where not is_deleted or is_gone = 1
),

resolved as (
    {{ resolve_intervals(
        'linked', ['project_key'], ['entity_key'],
        'bounded.precedence, bounded.known_from desc, bounded.valid_from desc, bounded.entity_key'
    ) }}
),

versions as (
    select
        resolved.project_key,
        resolved.entity_key,
        resolved.valid_from,
        resolved.valid_to,
        row_number() over (partition by resolved.project_key order by resolved.valid_from) as version_number,
        lead(resolved.valid_from, 1, {{ end_of_time() }}) over (
            partition by resolved.project_key order by resolved.valid_from
        ) as next_from,
        row_number() over (
            partition by resolved.project_key
            order by
                case when resolved.valid_from <= horizon.as_of then 0 else 1 end,
                case
                    when resolved.valid_from <= horizon.as_of
                        then {{ days_between('resolved.valid_from', 'horizon.as_of') }}
                    else {{ days_between('horizon.as_of', 'resolved.valid_from') }}
                end
        ) = 1 as is_as_is
    from resolved
    cross join {{ ref('int_horizon') }} as horizon
)

select
    {{ surrogate_key(['versions.project_key', 'versions.valid_from']) }} as project_version_key,
    versions.project_key,
    linked.source_system,
    linked.project_id,
    linked.project_name,
    linked.project_code,
    versions.valid_from,
    versions.valid_to,
    case when versions.version_number = 1 then {{ beginning_of_time() }} else versions.valid_from end as lookup_from,
    versions.next_from as lookup_to,
    versions.is_as_is,
    coalesce(customers.canonical_key, 'unassigned') as customer_key,
    coalesce(customer_names.customer_name, 'Unassigned') as customer_name,
    codes.practice_id,
    coalesce(practices.practice_name, 'Unassigned') as practice_name,
    coalesce(linked.legal_entity_id, 'Unassigned') as legal_entity_id,
    linked.status,
    coalesce(linked.valid_from, cast(linked.known_from as date)) as status_from,
    linked.start_date,
    linked.end_date,
    coalesce(
        linked.work_category, case when linked.customer_id is null then 'internal' else 'client' end
    ) as work_category,
    coalesce(linked.is_billable_default, false) as is_billable_default,
    linked.customer_id is not null as has_customer,
    linked.currency
from versions
inner join linked
    on versions.project_key = linked.project_key and versions.entity_key = linked.entity_key
left join {{ ref('xwalk_customer') }} as customers
    on
        linked.source_system = customers.source_system
        and linked.customer_id = customers.source_id
        and customers.valid_to = {{ end_of_time() }}
left join {{ ref('int_practice_code') }} as codes
    on linked.source_system = codes.source_system and linked.practice_id = codes.source_practice_id
left join {{ ref('dim_practice') }} as practices on codes.practice_id = practices.practice_id
left join {{ ref('dim_customer') }} as customer_names on customers.canonical_key = customer_names.customer_key
union all
select
    'unassigned' as project_version_key,
    'unassigned' as project_key,
    cast(null as {{ dbt.type_string() }}) as source_system,
    cast(null as {{ dbt.type_string() }}) as project_id,
    'Unassigned' as project_name,
    cast(null as {{ dbt.type_string() }}) as project_code,
    {{ beginning_of_time() }} as valid_from,
    {{ end_of_time() }} as valid_to,
    {{ beginning_of_time() }} as lookup_from,
    {{ end_of_time() }} as lookup_to,
    true as is_as_is,
    'unassigned' as customer_key,
    'Unassigned' as customer_name,
    cast(null as {{ dbt.type_string() }}) as practice_id,
    'Unassigned' as practice_name,
    'Unassigned' as legal_entity_id,
    cast(null as {{ dbt.type_string() }}) as status,
    cast(null as date) as status_from,
    cast(null as date) as start_date,
    cast(null as date) as end_date,
    'internal' as work_category,
    false as is_billable_default,
    false as has_customer,
    cast(null as {{ dbt.type_string() }}) as currency
