-- Tasks of projects (personal to-dos have no project), and one task of ours per project on which leave is booked
-- as time without a leave task (see int_odoo_timesheet).
-- `role` is the contract's name for it.
with tasks as (
    select * from {{ ref('stg_odoo__project_task') }}
    where project_id is not null
),

stages as (
    select * from {{ ref('stg_odoo__project_task_type') }}
),

leave_tasks as (
    select * from {{ ref('int_odoo_leave_task') }}
),

bookings as (
    select
        timesheets.*,
        row_number() over (
            partition by timesheets.source_system, timesheets.task_id
            order by timesheets.is_deleted, timesheets.known_from, timesheets.source_id
        ) as place
    from {{ ref('int_odoo_timesheet') }} as timesheets
    where timesheets.needs_leave_task
)

select
    tasks.task_id,
    tasks.project_id,
    tasks.task_name,
    tasks.parent_task_id,
    case when leave_tasks.task_id is not null then 'leave' end as work_category,
    cast(null as boolean) as is_billable_default,
    cast(null as {{ dbt.type_string() }}) as role, -- noqa: RF04
    tasks.allocated_hours,
    coalesce(stages.stage_name, tasks.task_state) as status,
    coalesce(tasks.is_active, true) as is_active,
    {{ record_columns('tasks', 'project_task') }}
from tasks
left join stages
    on tasks.source_system = stages.source_system and tasks.stage_id = stages.stage_id
left join leave_tasks
    on tasks.source_system = leave_tasks.source_system and tasks.task_id = leave_tasks.task_id
union all
select
    bookings.task_id,
    bookings.project_id,
    'Leave booked as time' as task_name,
    cast(null as {{ dbt.type_string() }}) as parent_task_id,
    'leave' as work_category,
    false as is_billable_default,
    cast(null as {{ dbt.type_string() }}) as role, -- noqa: RF04
    cast(null as numeric(28, 6)) as allocated_hours,
    cast(null as {{ dbt.type_string() }}) as status,
    true as is_active,
    {{ record_columns('bookings', 'account_analytic_line', source_id='bookings.task_id') }}
from bookings
where bookings.place = 1
