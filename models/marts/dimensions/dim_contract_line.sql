-- The owner of every money fact, as of a day: a contract line with the practice and entity that its version names,
-- else its project's. Work without a line is owned by its project, and so is the cost side of margin, which
-- keeps the line's contract type: `owner` tells which. A fact joins on owner_id (line|<line>, project|<project>,
-- cost|<line>|<project>) and its day; the intervals of an owner leave no gap.
with line_spans as (
    select
        contract_lines.contract_line_id,
        contract_lines.line_version,
        projects.project_version_key,
        greatest(contract_lines.lookup_from, projects.lookup_from) as lookup_from,
        least(contract_lines.lookup_to, projects.lookup_to) as lookup_to
    from {{ ref('int_contract_line_version') }} as contract_lines
    inner join {{ ref('dim_project') }} as projects
        on
            contract_lines.project_key = projects.project_key
            and contract_lines.lookup_from < projects.lookup_to
            and contract_lines.lookup_to > projects.lookup_from
),

-- the projects whose cost a line may type: its own, and those on which time was entered for it
costed as (
    select
        contract_line_id,
        project_key
    from {{ ref('int_contract_line') }}
    union
    select
        entries.contract_line_id,
        projects.canonical_key as project_key
    from {{ ref('can_time_entry') }} as entries
    inner join {{ ref('xwalk_project') }} as projects
        on entries.source_system = projects.source_system and entries.project_id = projects.source_id
    where entries.contract_line_id is not null
),

owners as (
    select
        {{ surrogate_key(['spans.contract_line_id', 'spans.lookup_from']) }} as contract_line_version_key,
        'line' as owner, -- noqa: RF04
        'line|' || contract_lines.contract_line_id as owner_id,
        contract_lines.contract_line_id,
        contract_lines.line_version,
        contract_lines.contract_id,
        contract_lines.contract_type,
        spans.project_version_key,
        contract_lines.practice_id,
        contract_lines.legal_entity_id,
        contract_lines.currency,
        contract_lines.minor_unit,
        contract_lines.missing_link,
        spans.lookup_from,
        spans.lookup_to
    from line_spans as spans
    inner join {{ ref('int_contract_line_version') }} as contract_lines
        on
            spans.contract_line_id = contract_lines.contract_line_id
            and spans.line_version = contract_lines.line_version
    union all
    select
        {{ surrogate_key(["'project'", 'contract_lines.contract_line_id', 'projects.project_version_key']) }}
            as contract_line_version_key,
        'project' as owner, -- noqa: RF04
        'cost|' || contract_lines.contract_line_id || '|' || projects.project_key as owner_id,
        contract_lines.contract_line_id,
        contract_lines.line_version,
        contract_lines.contract_id,
        contract_lines.contract_type,
        projects.project_version_key,
        projects.practice_id,
        projects.legal_entity_id,
        contract_lines.currency,
        contract_lines.minor_unit,
        contract_lines.missing_link,
        projects.lookup_from,
        projects.lookup_to
    from costed
    inner join {{ ref('int_contract_line_version') }} as contract_lines
        on costed.contract_line_id = contract_lines.contract_line_id and contract_lines.is_latest
    inner join {{ ref('dim_project') }} as projects on costed.project_key = projects.project_key
    union all
    select
        project_version_key as contract_line_version_key,
        'project' as owner, -- noqa: RF04
        'project|' || project_key as owner_id,
        cast(null as {{ dbt.type_string() }}) as contract_line_id,
        cast(null as integer) as line_version,
        cast(null as {{ dbt.type_string() }}) as contract_id,
        'Unassigned' as contract_type,
        project_version_key,
        practice_id,
        legal_entity_id,
        currency,
        2 as minor_unit,
        case when {{ is_delivered('contract_line') }} then 'contract_line' end as missing_link,
        lookup_from,
        lookup_to
    from {{ ref('dim_project') }}
),

horizon as (
    select as_of from {{ ref('int_horizon') }}
)

select
    owners.contract_line_version_key,
    owners.owner,
    owners.owner_id,
    owners.contract_line_id,
    owners.line_version,
    coalesce(owners.contract_id, 'Unassigned') as contract_id,
    coalesce(contracts.contract_name, owners.contract_id, 'Unassigned') as contract_name,
    owners.contract_type,
    projects.project_key,
    projects.project_name,
    case
        when contracts.customer_key is not null and contracts.customer_key <> 'unassigned' then contracts.customer_key
        else projects.customer_key
    end as customer_key,
    case
        when contracts.customer_key is not null and contracts.customer_key <> 'unassigned'
            then contracts.customer_name
        else projects.customer_name
    end as customer_name,
    coalesce(owners.practice_id, projects.practice_id) as practice_id,
    coalesce(practices.practice_name, projects.practice_name) as practice_name,
    coalesce(owners.legal_entity_id, 'Unassigned') as legal_entity_id,
    entities.functional_currency,
    coalesce(entities.fiscal_year_start_month, {{ var('fiscal_year_start_month') }}) as fiscal_year_start_month,
    owners.currency,
    owners.minor_unit,
    owners.missing_link,
    owners.lookup_from,
    owners.lookup_to,
    horizon.as_of >= owners.lookup_from and horizon.as_of < owners.lookup_to as is_as_is
from owners
inner join {{ ref('dim_project') }} as projects on owners.project_version_key = projects.project_version_key
left join {{ ref('dim_contract') }} as contracts on owners.contract_id = contracts.contract_id
left join {{ ref('dim_practice') }} as practices on owners.practice_id = practices.practice_id
left join {{ ref('dim_legal_entity') }} as entities on owners.legal_entity_id = entities.legal_entity_id
cross join horizon
