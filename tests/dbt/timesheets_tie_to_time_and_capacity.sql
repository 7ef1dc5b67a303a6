select
    'submitted' as part,
    sum(hours) as difference
from (
    select submitted_hours as hours from {{ ref('fct_timesheet_week') }}
    union all
    select -recorded_hours from {{ ref('fct_time_entry') }}
) as submitted
having sum(hours) <> 0
union all
select
    'net' as part,
    sum(hours) as difference
from (
    select net_hours as hours from {{ ref('fct_timesheet_week') }}
    union all
    select -net_hours from {{ ref('fct_capacity_daily') }}
) as net
having sum(hours) <> 0
