-- Timesheets by employment and week. A week is cut at a month end and where the employee's version changes,
-- so that months and practices add up exactly; the segment is dated on its first day.
with capacity as (
    select
        employee_key,
        employment_key,
        employee_version_key_as_was,
        employee_version_key_as_is,
        population,
        entity_fiscal_period,
        capacity_date as day,
        scheduled_hours,
        net_hours,
        missing_link,
        cast(0 as numeric(28, 6)) as submitted_hours
    from {{ ref('fct_capacity_daily') }}
),

recorded as (
    select
        employee_key,
        employment_key,
        employee_version_key_as_was,
        employee_version_key_as_is,
        population,
        entity_fiscal_period,
        work_date as day,
        cast(0 as numeric(28, 6)) as scheduled_hours,
        cast(0 as numeric(28, 6)) as net_hours,
        -- what the work was for decides nothing here
        case when missing_link in ('employee', 'employment') then missing_link end as missing_link,
        recorded_hours as submitted_hours
    from {{ ref('fct_time_entry') }}
    where is_recorded
),

days as (
    select * from capacity
    union all
    select * from recorded
),

segments as (
    select
        employee_key,
        employment_key,
        employee_version_key_as_was,
        employee_version_key_as_is,
        population,
        entity_fiscal_period,
        {{ week_start('day') }} as week_start,
        {{ month_start('day') }} as month_start,
        min(day) as segment_date,
        cast(sum(scheduled_hours) as numeric(28, 6)) as scheduled_hours,
        cast(sum(net_hours) as numeric(28, 6)) as net_hours,
        cast(sum(submitted_hours) as numeric(28, 6)) as submitted_hours,
        min(missing_link) as missing_link
    from days
    group by
        employee_key, employment_key, employee_version_key_as_was, employee_version_key_as_is, population,
        entity_fiscal_period, {{ week_start('day') }}, {{ month_start('day') }}
)

select
    {{ surrogate_key(['employee_key', 'employment_key', 'employee_version_key_as_was', 'week_start', 'month_start']) }}
        as timesheet_week_key,
    employee_key,
    employment_key,
    employee_version_key_as_was,
    employee_version_key_as_is,
    population,
    entity_fiscal_period,
    week_start,
    month_start,
    segment_date,
    scheduled_hours,
    net_hours,
    submitted_hours,
    cast(greatest(0, least(submitted_hours, net_hours)) as numeric(28, 6)) as compliant_hours,
    cast(greatest(0, net_hours - submitted_hours) as numeric(28, 6)) as missing_hours,
    cast(greatest(0, submitted_hours - net_hours) as numeric(28, 6)) as above_capacity_hours,
    cast(greatest(0, submitted_hours - scheduled_hours) as numeric(28, 6)) as overtime_hours,
    missing_link
from segments
