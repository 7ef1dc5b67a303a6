-- Tasks on which leave is booked as time: the one that the company names, and those that types of leave name.
select
    source_system,
    leave_task_id as task_id
from {{ ref('stg_odoo__res_company') }}
where leave_task_id is not null
union
select
    source_system,
    timesheet_task_id as task_id
from {{ ref('stg_odoo__hr_leave_type') }}
where timesheet_task_id is not null
