-- A re-organisation moves hours between practices; it never makes or loses one.
select as_was.hours as as_was_hours, as_is.hours as as_is_hours
from (
    select coalesce(sum(recorded_hours), 0) as hours, coalesce(sum(cost_amount_reporting), 0) as cost
    from {{ ref('rpt_time') }}
    where report_mode = 'as_was'
) as as_was
cross join (
    select coalesce(sum(recorded_hours), 0) as hours, coalesce(sum(cost_amount_reporting), 0) as cost
    from {{ ref('rpt_time') }}
    where report_mode = 'as_is'
) as as_is
where as_was.hours <> as_is.hours or as_was.cost <> as_is.cost
