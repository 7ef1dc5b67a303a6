select
    capacity_key,
    standard_hours,
    pattern_effect_hours,
    scheduled_hours,
    gross_hours,
    net_hours
from {{ ref('fct_capacity_daily') }}
where
    scheduled_hours <> standard_hours + pattern_effect_hours
    or gross_hours <> scheduled_hours - long_unpaid_leave_hours - holiday_hours
    or net_hours <> gross_hours - leave_hours
    or (scheduled_hours >= 0 and net_hours < 0)
