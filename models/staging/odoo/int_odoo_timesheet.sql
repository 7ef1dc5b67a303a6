-- Timesheet lines: analytic lines with a project, in hours, with the task they count under.
--
-- A quantity in another unit of time (days) is converted with the factors of the unit's category, and flagged. A unit
-- that cannot be read at all is taken for hours, and flagged.
-- Odoo books leave as time on the line itself (holiday_id, or global_leave_id for public holidays). Where such a line
-- is not on a leave task it counts under a task of ours, leave:<project>, so that leave is never taken for work.
with lines as (
    select * from {{ ref('stg_odoo__account_analytic_line') }}
    where project_id is not null
),

units as (
    select * from {{ ref('stg_odoo__uom_uom') }}
),

time_units as (
    select * from {{ ref('int_odoo_time_unit') }}
),

leave_tasks as (
    select * from {{ ref('int_odoo_leave_task') }}
),

measured as (
    select
        lines.*,
        time_units.hours_per_unit,
        coalesce(lines.quantity, 0) as quantity_or_none,
        lower(coalesce(units.uom_name, lines.uom_label, 'hours')) in ('hour', 'hours') as is_in_hours,
        (lines.leave_id is not null or lines.global_leave_id is not null)
        and leave_tasks.task_id is null as needs_leave_task
    from lines
    left join units
        on lines.source_system = units.source_system and lines.uom_id = units.uom_id
    left join time_units
        on lines.source_system = time_units.source_system and lines.uom_id = time_units.uom_id
    left join leave_tasks
        on lines.source_system = leave_tasks.source_system and lines.task_id = leave_tasks.task_id
)

select
    source_system,
    source_id,
    analytic_line_id,
    employee_id,
    project_id,
    needs_leave_task,
    entry_date,
    amount,
    invoice_type,
    invoice_id,
    order_line_id,
    line_name,
    created_at,
    known_from,
    known_to,
    is_deleted,
    record_hash,
    load_id,
    source_file,
    source_row,
    case when needs_leave_task then 'leave:' || project_id else task_id end as task_id,
    case
        when is_in_hours or hours_per_unit is null then quantity_or_none
        else coalesce({{ multiply_rate('quantity_or_none', 'hours_per_unit') }}, quantity_or_none)
    end as hours,
    case
        when is_in_hours then null
        when hours_per_unit is null then 'unit_unknown'
        else 'converted_to_hours'
    end as unit_flag
from measured
