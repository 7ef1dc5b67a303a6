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

entries as (
    select
        facts.*,
        item_keys.item_day,
        item_keys.item_week,
        worth.entry_value,
        worth.currency,
        leave_days.employment_key is not null as is_on_leave,
        holidays.holiday_date is not null as is_on_holiday,
        coalesce(facts.work_type, '') <> 'overtime' and facts.hours > 0 as is_plain_work
    from {{ ref('fct_time_entry') }} as facts
    inner join {{ ref('int_entry_day') }} as item_keys on facts.time_entry_key = item_keys.time_entry_key
    left join {{ ref('int_entry_value') }} as worth on facts.time_entry_key = worth.time_entry_key
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
        entries.*,
        sum(entries.hours) over (partition by entries.item_day) as day_hours,
        max(case when entries.hours < 0 and entries.corrects_id is null then 1 else 0 end)
            over (partition by entries.item_day) as has_negative,
        max(case when entries.is_plain_work and entries.is_on_leave then 1 else 0 end)
            over (partition by entries.item_day) as has_leave,
        max(case when entries.is_plain_work and entries.is_on_holiday then 1 else 0 end)
            over (partition by entries.item_day) as has_holiday,
        sum(entries.hours) over (partition by entries.item_week) as week_hours,
        max(entries.work_date) over (partition by entries.item_week) as week_last_date
    from entries
),

items as (
    select
        days.*,
        days.item_day as item_key,
        'Hours of ' || cast(days.work_date as {{ dbt.type_string() }}) as item_name,
        case
            when
                days.day_hours > 24
                or days.day_hours < 0
                or days.has_negative = 1
                or days.has_leave = 1
                or days.has_holiday = 1 then 'failed'
            else 'passed'
        end as outcome,
        case
            when days.day_hours > 24 then 'more than 24 hours on one day'
            when days.day_hours < 0 then 'fewer than no hours on one day'
            when days.has_negative = 1 then 'hours below zero that correct no entry'
            when days.has_leave = 1 then 'worked on a day of approved leave'
            when days.has_holiday = 1 then 'worked on a public holiday without overtime'
        end as finding,
        days.work_date as event_date,
        days.day_hours as found_hours
    from days
    union all
    select
        days.*,
        days.item_week as item_key,
        'Hours of the week of ' || cast({{ week_start('days.work_date') }} as {{ dbt.type_string() }}) as item_name,
        case when days.week_hours > {{ var('policies').weekly_hours_limit }} then 'failed' else 'passed' end as outcome,
        case
            when days.week_hours > {{ var('policies').weekly_hours_limit }}
                then 'more than {{ var('policies').weekly_hours_limit }} hours in one week'
        end as finding,
        days.week_last_date as event_date,
        days.week_hours as found_hours
    from days
)

select
    entries.item_key,
    entries.item_name,
    entries.outcome,
    entries.finding,
    entries.event_date,
    'time|' || entries.source_system || ':' || entries.time_entry_id as transaction_key,
    abs(entries.entry_value) as stake_amount,
    abs(entries.entry_value) as tested_amount,
    cast(null as numeric(28, 6)) as display_amount,
    entries.currency,
    entries.legal_entity_id as owner_entity_id,
    {{ entry_owners() }},
    {{ left_is_entry("cast(entries.found_hours as " ~ dbt.type_string() ~ ") || ' hours'") }},
    {{ no_right_side() }}
from items as entries
