-- A re-organisation moves hours between practices; it never makes or loses one.
with totals as (
    select
        report_mode,
        sum(recorded_hours) as hours,
        sum(cost_amount_reporting) as cost
    from {{ ref('rpt_time') }}
    group by report_mode
)

select
    as_was.hours as as_was_hours,
    as_is.hours as as_is_hours
from totals as as_was
inner join totals as as_is
    on as_was.report_mode = 'as_was' and as_is.report_mode = 'as_is'
where
    as_was.hours <> as_is.hours
    or as_was.cost <> as_is.cost
    or (as_was.cost is null) <> (as_is.cost is null)
