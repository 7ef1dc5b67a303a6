-- The pieces of the bench have all net capacity of the timesheet weeks and no more bench than that; every booked hour
-- that is set against capacity is in one of them; and each bench hour has a cost or is said to have none.
select
    'net capacity' as part,
    sum(hours) as difference
from (
    select net_hours as hours from {{ ref('fct_bench_week') }}
    union all
    select -net_hours from {{ ref('fct_timesheet_week') }}
) as net
having sum(hours) <> 0
union all
select
    'bookings' as part,
    sum(hours) as difference
from (
    select booked_hours as hours from {{ ref('fct_bench_week') }}
    union all
    select -booked_hours from {{ ref('fct_assignment_daily') }}
    where is_counted
) as booked
having sum(hours) <> 0
union all
select
    'bench' as part,
    bench_hours as difference
from {{ ref('fct_bench_week') }}
where bench_hours < 0 or bench_hours > net_hours
{% for mode in ['transaction', 'functional', 'reporting', 'constant'] -%}
union all
select
    'cost in {{ mode }} currency' as part,
    bench_hours as difference
from {{ ref('fct_bench_week') }}
where uncosted_bench_hours_{{ mode }} <> case when bench_cost_{{ mode }} is null then bench_hours else 0 end
{% endfor %}
