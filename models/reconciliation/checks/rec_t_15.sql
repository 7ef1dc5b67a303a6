{{ config(meta={
    'check': 'T-15',
    'title': 'Impossible hours',
    'workflow': 'time_to_posting',
    'systems': ['time', 'hr'],
    'key': 'employee-day, employee-week',
    'rule': 'Net of corrections, a day holds 0 to 24 hours and a week no more than the limit; a day of leave or a public holiday holds none but overtime.',
    'severity': 'medium',
    'owner_team': 'DEL',
    'action': 'Have the person correct the entries of the day, or mark them as overtime.',
    'clock': 'work date',
    'cause_rank': 3,
    'stake_kind': 'exposure',
    'stake': 'Value of the entries of the day or week: their bill price, else their standard price, else their standard cost.',
    'needs': ['time_entry'],
    'touches': ['billable_hours:billable_hours', 'billable_utilization:billable_hours', 'recorded_hours:hours', 'overtime_hours:hours', 'unbilled_tm_time:waiting', 'wip_commercial:waiting'],
    'item_is_transaction': false,
    'counted_on': 'work_date',
    'population': {'table': 'int_entry_day', 'key': 'item_day', 'second_key': 'item_week', 'where': 'is_recorded and not is_unknown_employee'},
}) }}

with leave_days as (
    select
        employment_key,
        date_day
    from {{ ref('int_leave_day') }}
    where is_whole_day
),

holidays as (
    select distinct
        source_system,
        location,
        holiday_date
    from {{ ref('can_holiday') }}
    where not is_deleted and coalesce(day_fraction, 1) >= 1
),

-- narrow: days and weeks are summed over all entries, and only what is asked for is looked up
entries as (
    select
        facts.time_entry_key,
        facts.work_date,
        facts.hours,
        facts.item_day,
        facts.item_week,
        facts.hours < 0 and facts.corrects_id is null as is_negative,
        coalesce(facts.work_type, '') <> 'overtime' and facts.hours > 0 and leave_days.employment_key is not null
            as is_on_leave,
        coalesce(facts.work_type, '') <> 'overtime' and facts.hours > 0 and holidays.holiday_date is not null
            as is_on_holiday
    from {{ ref('int_entry_day') }} as facts
    left join leave_days on facts.employment_key = leave_days.employment_key and facts.work_date = leave_days.date_day
    left join {{ ref('dim_employee') }} as people on facts.employee_version_key_as_was = people.employee_version_key
    left join holidays
        on
            people.source_system = holidays.source_system
            and people.location = holidays.location
            and facts.work_date = holidays.holiday_date
    where facts.is_recorded and not facts.is_unknown_employee
),

days as (
    select
        item_day,
        work_date,
        sum(hours) as day_hours,
        max(case when is_negative then 1 else 0 end) as has_negative,
        max(case when is_on_leave then 1 else 0 end) as has_leave,
        max(case when is_on_holiday then 1 else 0 end) as has_holiday
    from entries
    group by item_day, work_date
),

judged_days as (
    select
        item_day as item_key,
        work_date,
        day_hours as found_hours,
        case
            when day_hours > 24 or day_hours < 0 or has_negative = 1 or has_leave = 1 or has_holiday = 1 then 'failed'
            else 'passed'
        end as outcome,
        case
            when day_hours > 24 then 'more than 24 hours on one day'
            when day_hours < 0 then 'fewer than no hours on one day'
            when has_negative = 1 then 'hours below zero that correct no entry'
            when has_leave = 1 then 'worked on a day of approved leave'
            when has_holiday = 1 then 'worked on a public holiday without overtime'
        end as finding
    from days
),

judged_weeks as (
    select
        item_week as item_key,
        sum(hours) as found_hours,
        max(work_date) as last_date,
        case when sum(hours) > {{ var('policies').weekly_hours_limit }} then 'failed' else 'passed' end as outcome,
        case
            when sum(hours) > {{ var('policies').weekly_hours_limit }}
                then 'more than {{ var('policies').weekly_hours_limit }} hours in one week'
        end as finding
    from entries
    group by item_week
),

items as (
    select
        entries.time_entry_key,
        judged_days.item_key,
        judged_days.work_date as counted_on,
        'Hours of ' || cast(entries.work_date as {{ dbt.type_string() }}) as item_name,
        judged_days.outcome,
        judged_days.finding,
        entries.work_date as event_date,
        judged_days.found_hours
    from entries
    inner join judged_days on entries.item_day = judged_days.item_key and entries.work_date = judged_days.work_date
    union all
    select
        entries.time_entry_key,
        judged_weeks.item_key,
        entries.work_date as counted_on,
        'Hours of the week of ' || cast({{ week_start('entries.work_date') }} as {{ dbt.type_string() }}) as item_name,
        judged_weeks.outcome,
        judged_weeks.finding,
        judged_weeks.last_date as event_date,
        judged_weeks.found_hours
    from entries
    inner join judged_weeks on entries.item_week = judged_weeks.item_key
)

select
    items.item_key,
    items.counted_on,
    items.item_name,
    items.outcome,
    items.finding,
    items.event_date,
    'time|' || entries.source_system || ':' || entries.time_entry_id as transaction_key,
    abs(entries.entry_value) as stake_amount,
    abs(entries.entry_value) as tested_amount,
    cast(null as numeric(28, 6)) as display_amount,
    entries.entry_value_currency as currency,
    entries.legal_entity_id as owner_entity_id,
    {{ entry_owners() }},
    {{ left_is_entry("cast(items.found_hours as " ~ dbt.type_string() ~ ") || ' hours'") }},
    {{ no_right_side() }}
from items
inner join {{ ref('int_entry_value') }} as entries on items.time_entry_key = entries.time_entry_key
