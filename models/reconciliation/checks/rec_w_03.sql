{{ config(meta={
    'check': 'W-03',
    'title': 'Time by people who were not employed',
    'workflow': 'worker_sync',
    'systems': ['time', 'hr'],
    'key': 'time entry',
    'rule': 'Recorded time is dated within an employment of the person.',
    'severity': 'high',
    'owner_team': 'HR',
    'action': 'Correct the employment dates in HR, or have the entry moved or deleted.',
    'clock': 'work date',
    'cause_rank': 1,
    'stake_kind': 'exposure',
    'stake': 'Value of the entry: its bill price, else its standard price, else its standard cost.',
    'needs': ['time_entry', 'employment'],
    'touches': ['billable_hours:billable_hours', 'billable_utilization:billable_hours', 'recorded_hours:hours', 'cost_standard:cost', 'unbilled_tm_time:waiting', 'wip_commercial:waiting'],
    'item_is_transaction': true,
    'counted_on': 'work_date',
    'population': {'table': 'fct_time_entry', 'key': 'time_entry_key', 'is_row_key': true, 'where': 'is_recorded'},
}) }}

select
    {{ entry_item() }},
    entries.work_date as counted_on,
    case
        when entries.is_unknown_employee then 'not_applicable'
        when entries.is_outside_employment then 'failed'
        else 'passed'
    end as outcome,
    case
        when entries.is_unknown_employee then 'no system of record knows the person'
        when entries.is_outside_employment then 'worked on a day on which no employment of the person ran'
    end as finding,
    entries.work_date as event_date,
    {{ entry_money() }},
    entries.legal_entity_id as owner_entity_id,
    {{ entry_owners() }},
    {{ left_is_entry("cast(entries.work_date as " ~ dbt.type_string() ~ ")") }},
    people.source_system as right_system,
    'employment' as right_object,
    people.employment_id as right_id,
    cast(people.valid_from as {{ dbt.type_string() }}) || ' to ' || cast(people.valid_to as {{ dbt.type_string() }})
        as right_value
{{ entries_with_value() }}
left join {{ ref('dim_employee') }} as people on entries.employee_version_key_as_was = people.employee_version_key
where entries.is_recorded
