-- Which contract line the work of a project and task belongs to, by day: a line of the task before one of the whole
-- project, then time and materials, retainer, fixed fee, milestone, percent of completion, then the lowest id.
-- Expense, subscription and usage lines hold no hours. The line of a project's work without a task is its main line,
-- which is asked for every project that has lines: costs belong to it.
with used as (
    select distinct
        projects.canonical_key as project_key,
        coalesce(entries.task_id, '') as task_id
    from {{ ref('can_time_entry') }} as entries
    inner join {{ ref('xwalk_project') }} as projects
        on entries.source_system = projects.source_system and entries.project_id = projects.source_id
    union
    select distinct
        projects.canonical_key as project_key,
        coalesce(bookings.task_id, '') as task_id
    from {{ ref('can_assignment') }} as bookings
    inner join {{ ref('xwalk_project') }} as projects
        on bookings.source_system = projects.source_system and bookings.project_id = projects.source_id
    union
    select distinct
        project_key,
        '' as task_id
    from {{ ref('int_contract_line') }}
    where project_key <> 'unassigned'
),

candidates as (
    select
        used.project_key,
        used.task_id,
        contract_lines.contract_line_id,
        contract_lines.start_date as valid_from,
        {{ add_days('contract_lines.end_date', 1) }} as valid_to,
        case when contract_lines.task_id is null then 1 else 0 end as is_whole_project,
        case contract_lines.contract_type
            when 'time_and_materials' then 1 when 'retainer' then 2 when 'fixed_fee' then 3
            when 'milestone' then 4 else 5
        end as type_order
    from used
    inner join {{ ref('int_contract_line') }} as contract_lines
        on
            used.project_key = contract_lines.project_key
            and (contract_lines.task_id is null or used.task_id = contract_lines.task_id)
    where
        contract_lines.contract_type in (
            'time_and_materials', 'retainer', 'fixed_fee', 'milestone', 'percent_of_completion'
        )
        and (contract_lines.end_date is null or contract_lines.end_date >= contract_lines.start_date)
)

{{ resolve_intervals(
    'candidates', ['project_key', 'task_id'], ['contract_line_id'],
    'bounded.is_whole_project, bounded.type_order, bounded.contract_line_id'
) }}
