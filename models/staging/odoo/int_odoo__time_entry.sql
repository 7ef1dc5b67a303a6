-- Recorded time. Odoo Community has no timesheet approval, so the status is not_recorded (and counts as approved).
-- Whether a line is billable is Odoo's own verdict on the line: billable_time, billable_fixed, billable_milestones
-- and billable_manual are, non_billable is not.
-- The contract line is the order line that Odoo put the time on, whatever the line's policy.
-- `role` is the contract's name for it.
with lines as (
    select * from {{ ref('int_odoo_timesheet') }}
)

select
    lines.analytic_line_id as time_entry_id,
    lines.employee_id,
    cast(null as {{ dbt.type_string() }}) as employment_id,
    lines.project_id,
    lines.task_id,
    lines.entry_date as work_date,
    lines.hours,
    'not_recorded' as status,
    case
        when lines.invoice_type like 'billable%' then true
        when lines.invoice_type = 'non_billable' then false
    end as is_billable,
    false as is_credited,
    cast(null as {{ dbt.type_string() }}) as corrects_id,
    cast(null as {{ dbt.type_string() }}) as role, -- noqa: RF04
    cast(null as {{ dbt.type_string() }}) as work_type,
    lines.line_name as note,
    lines.created_at as entered_at,
    cast(null as timestamp) as submitted_at,
    cast(null as timestamp) as approved_at,
    cast(null as {{ dbt.type_string() }}) as approver_employee_id,
    cast(null as timestamp) as posted_at,
    cast(null as date) as accounting_date,
    lines.invoice_id,
    lines.order_line_id as contract_line_id,
    {{ record_columns(
        'lines', 'account_analytic_line',
        quality_flags="nullif(trim(both ',' from"
            ~ " case when lines.hours > 24 then 'more_than_24_hours,' else '' end"
            ~ " || case when lines.hours < 0 then 'negative_without_correction,' else '' end"
            ~ " || coalesce(lines.unit_flag, '')), '')"
    ) }}
from lines
