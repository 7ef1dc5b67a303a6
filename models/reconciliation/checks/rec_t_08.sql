{{ config(meta={
    'check': 'T-08',
    'title': 'Time on projects that are not open',
    'workflow': 'time_to_posting',
    'systems': ['time', 'psa'],
    'key': 'time entry',
    'rule': 'On the work date the project is active and within its dates.',
    'severity': 'high',
    'owner_team': 'PMO',
    'action': 'Reopen the project, or have the entry moved to one that is open.',
    'clock': 'work date',
    'cause_rank': 3,
    'stake_kind': 'leak',
    'stake': 'Value of the entry: its bill price, else its standard price, else its standard cost.',
    'needs': ['time_entry', 'project'],
    'touches': ['billable_hours:billable_hours', 'billable_utilization:billable_hours', 'unbilled_tm_time:waiting', 'wip_commercial:waiting', 'cost_standard:cost', 'project_margin:cost', 'project_margin_pct:cost'],
    'item_is_transaction': true,
    'counted_on': 'work_date',
    'population': {'table': 'fct_time_entry', 'key': 'time_entry_key', 'is_row_key': true, 'where': 'is_recorded'},
}) }}

with judged as (
    select
        project_version_key,
        source_system,
        project_id,
        start_date,
        end_date,
        status,
        status_from,
        coalesce(status in ('planned', 'on_hold', 'closed', 'cancelled'), false) as is_not_open
    from {{ ref('dim_project') }}
)

select
    {{ entry_item() }},
    entries.work_date as counted_on,
    case
        when entries.is_unknown_project then 'not_applicable'
        when
            (projects.is_not_open and entries.work_date >= projects.status_from)
            or entries.work_date < projects.start_date
            or entries.work_date > projects.end_date then 'failed'
        else 'passed'
    end as outcome,
    case
        when entries.is_unknown_project then 'no system delivers the project'
        when projects.is_not_open and entries.work_date >= projects.status_from
            then 'the project was ' || replace(projects.status, '_', ' ') || ' on the work date'
        when entries.work_date < projects.start_date then 'worked before the project starts'
        when entries.work_date > projects.end_date then 'worked after the project has ended'
    end as finding,
    entries.work_date as event_date,
    {{ entry_money() }},
    {{ entry_owner_entity() }},
    {{ entry_owners() }},
    {{ left_is_entry("cast(entries.work_date as " ~ dbt.type_string() ~ ")") }},
    projects.source_system as right_system,
    'project' as right_object,
    projects.project_id as right_id,
    coalesce(projects.status, 'no status') as right_value
{{ entries_with_value() }}
left join judged as projects on entries.project_version_key_as_was = projects.project_version_key
where entries.is_recorded
