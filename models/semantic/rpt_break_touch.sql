-- Breaks by the metrics that they make uncertain, once per report mode.
select
    breaks.report_mode,
    breaks.contract_line_version_key,
    breaks.employee_version_key,
    breaks.event_date,
    breaks.check_id,
    touches.metric,
    breaks.primary_reporting,
    breaks.break_id || '|' || touches.metric as touch_key,
    case when breaks.primary_reporting is null then 1 else 0 end as is_unpriced
from {{ ref('rpt_break') }} as breaks
inner join {{ ref('rec_check_touch') }} as touches on breaks.check_id = touches.check_id
