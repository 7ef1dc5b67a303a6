-- Breaks by the metrics that they make uncertain, once per report mode.
select
    breaks.report_mode,
    breaks.contract_line_version_key,
    breaks.employee_version_key,
    breaks.event_date,
    breaks.break_id,
    breaks.check_id,
    touches.metric,
    touches.touch_key,
    touches.claim_amount,
    touches.worth_reporting,
    touches.is_unpriced,
    case when touches.is_missing then touches.claim_amount end as missing_amount
from {{ ref('rpt_break') }} as breaks
inner join {{ ref('rec_break_touch') }} as touches on breaks.break_id = touches.break_id
