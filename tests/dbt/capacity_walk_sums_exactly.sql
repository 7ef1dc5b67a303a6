-- standard ± pattern − … + above capacity = billable, for every month and employee version.
with lines as (
    select
        employee_version_key_as_was as version_key,
        {{ month_start('capacity_date') }} as month_start,
        standard_hours + pattern_effect_hours - long_unpaid_leave_hours - holiday_hours - leave_hours as hours
    from {{ ref('fct_capacity_daily') }}
    union all
    select
        employee_version_key_as_was as version_key,
        {{ month_start('work_date') }} as month_start,
        -(
            billable_hours + credited_hours + unbilled_client_hours + internal_hours + training_hours + idle_hours
            + unapproved_hours
        ) as hours
    from {{ ref('fct_time_entry') }}
    union all
    select
        employee_version_key_as_was as version_key,
        month_start,
        above_capacity_hours - missing_hours as hours
    from {{ ref('fct_timesheet_week') }}
)

select
    version_key,
    month_start,
    sum(hours) as difference
from lines
group by version_key, month_start
having sum(hours) <> 0
