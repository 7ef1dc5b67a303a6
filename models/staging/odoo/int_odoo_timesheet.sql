-- Timesheet lines: analytic lines with a project, in hours, with the task they count under.
--
-- A quantity in another unit of time (days) is converted with the factors of the unit's category and flagged.
-- Odoo books leave as time on the line itself (holiday_id, or global_leave_id for public holidays). Where such a line
-- is not on a leave task it counts under a task of ours, leave:<project>, so that leave is never taken for work.
with lines as (
    select * from {{ ref('stg_odoo__account_analytic_line') }}
    where unusable_column is null and project_id is not null
),

units as (
    select * from {{ ref('stg_odoo__uom_uom') }} where unusable_column is null
),

hour_units as (
    select
        units.source_system,
        units.uom_category_id,
        units.factor,
        row_number() over (
            partition by units.source_system, units.uom_category_id order by {{ cast_text('units.uom_id', 'integer') }}
        ) as place
    from units
    where lower(units.uom_name) in ('hour', 'hours') and units.factor > 0
),

leave_tasks as (
    select * from {{ ref('int_odoo_leave_task') }}
),

converted as (
    select
        lines.*,
        units.uom_name,
        case
            when lines.uom_id is null or lower(units.uom_name) in ('hour', 'hours')
                then cast(coalesce(lines.quantity, 0) as numeric(28, 6))
            else
                cast(
                    cast(coalesce(lines.quantity, 0) as numeric(18, 6))
                    * cast({{ divide_rate('hour_units.factor', 'units.factor') }} as numeric(18, 10))
                    as numeric(28, 6)
                )
        end as hours,
        lines.uom_id is not null and lower(coalesce(units.uom_name, '')) not in ('hour', 'hours') as is_converted,
        (lines.leave_id is not null or lines.global_leave_id is not null) and leave_tasks.task_id is null
            as needs_leave_task
    from lines
    left join units
        on lines.source_system = units.source_system and lines.uom_id = units.uom_id
    left join hour_units
        on
            units.source_system = hour_units.source_system
            and units.uom_category_id = hour_units.uom_category_id
            and hour_units.place = 1
    left join leave_tasks
        on lines.source_system = leave_tasks.source_system and lines.task_id = leave_tasks.task_id
)

select
    converted.source_system,
    converted.source_id,
    converted.analytic_line_id,
    converted.employee_id,
    converted.project_id,
    case when converted.needs_leave_task then 'leave:' || converted.project_id else converted.task_id end as task_id,
    converted.needs_leave_task,
    converted.entry_date,
    converted.hours,
    converted.quantity,
    converted.uom_id,
    converted.is_converted,
    converted.amount,
    converted.invoice_type,
    converted.invoice_id,
    converted.line_name,
    converted.created_at,
    case
        when converted.employee_id is null then 'employee_id'
        when converted.hours is null then 'product_uom_id'
    end as unusable_column,
    case
        when converted.employee_id is null then 'missing'
        when converted.hours is null then 'not a unit of time that can be converted to hours'
    end as unusable_reason,
    converted.known_from,
    converted.known_to,
    converted.is_deleted,
    converted.record_hash,
    converted.load_id,
    converted.source_file,
    converted.source_row
from converted
