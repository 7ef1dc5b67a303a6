{{ config(meta={
    'check': 'W-08',
    'title': 'Cost rate missing',
    'workflow': 'worker_sync',
    'systems': ['hr', 'psa'],
    'key': 'employee-day',
    'rule': 'Approved time finds a cost rate on its day.',
    'severity': 'high',
    'owner_team': 'HR',
    'action': 'Record the cost rate of the person or the role from that day on.',
    'clock': 'work date',
    'cause_rank': 1,
    'stake_kind': 'misstatement',
    'stake': 'Hours × the average cost of the role, else of the firm, in reporting currency. Hours at a rate of zero say nothing of what an hour costs and are in no average.',
    'needs': ['time_entry'],
    'touches': ['cost_standard:stake:missing', 'project_margin:stake:missing', 'project_margin_pct:stake:missing'],
    'item_is_transaction': false,
    'population': {'table': 'int_entry_day', 'key': 'item_day', 'where': 'is_approved'},
}) }}

with entries as (
    select
        facts.*,
        people.role
    from {{ ref('int_entry_day') }} as facts
    left join {{ ref('dim_employee') }} as people on facts.employee_version_key_as_was = people.employee_version_key
    where facts.is_approved
),

role_averages as (
    select
        role,
        {{ divide_rate('sum(cost_amount_reporting)', 'sum(hours)') }} as hour_cost
    from entries
    where cost_amount_reporting <> 0 and role <> 'Unassigned'
    group by role
    having sum(hours) > 0
),

firm_average as (
    select {{ divide_rate('greatest(sum(cost_amount_reporting), 0)', 'greatest(sum(hours), 0)') }} as hour_cost
    from entries
    where cost_amount_reporting <> 0
),

reporting_unit as (
    {{ reporting_minor_unit() }}
),

valued as (
    select
        entries.*,
        {{ price_units(
            'abs(entries.hours)', 'coalesce(role_averages.hour_cost, firm_average.hour_cost)',
            'reporting_unit.minor_unit'
        ) }} as at_average
    from entries
    cross join firm_average
    cross join reporting_unit
    left join role_averages on entries.role = role_averages.role
)

select
    entries.item_day as item_key,
    'Time of ' || cast(entries.work_date as {{ dbt.type_string() }}) as item_name,
    case when entries.cost_rate_key is null then 'failed' else 'passed' end as outcome,
    case
        when entries.cost_rate_key is null then 'no cost rate of the person, the employment or the role on that day'
    end
        as finding,
    entries.work_date as event_date,
    'time|' || entries.source_system || ':' || entries.time_entry_id as transaction_key,
    entries.at_average as stake_amount,
    coalesce(abs(entries.cost_amount_reporting), entries.at_average) as tested_amount,
    cast(null as numeric(28, 6)) as display_amount,
    {{ reporting_currency() }} as currency,
    entries.legal_entity_id as owner_entity_id,
    {{ entry_owners() }},
    {{ left_is_entry("cast(entries.hours as " ~ dbt.type_string() ~ ") || ' hours'") }},
    cast(null as {{ dbt.type_string() }}) as right_system,
    'cost_rate' as right_object,
    entries.cost_rate_key as right_id,
    coalesce(cast(entries.cost_rate as {{ dbt.type_string() }}), 'no rate for role ' || coalesce(entries.role, '?'))
        as right_value
from valued as entries
