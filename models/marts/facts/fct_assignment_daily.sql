-- One row per booking and working day: whom and what it books, as was and as is, and what it counts as. A hard booking
-- is booked hours; soft ones and requirements stay visible with their hours and book nothing.
with horizon as (
    select * from {{ ref('int_horizon') }}
),

days as (
    select * from {{ ref('int_assignment_day') }}
),

employee_versions as (
    select * from {{ ref('dim_employee') }}
),

current_versions as (
    select
        employment_key,
        employee_version_key
    from employee_versions
    where is_as_is
),

project_versions as (
    select * from {{ ref('dim_project') }}
),

current_projects as (
    select
        project_key,
        project_version_key
    from project_versions
    where is_as_is
),

-- the employment that time of that day would go to
employed as (
    select
        days.*,
        coalesce(timeline.employment_key, 'unassigned') as employment_key,
        timeline.employment_key is not null and not timeline.is_outside_employment as is_employed
    from days
    left join {{ ref('int_employment_timeline') }} as timeline
        on
            days.employee_key = timeline.employee_key
            and days.lookup_date >= timeline.valid_from
            and days.lookup_date < timeline.valid_to
),

placed as (
    select
        employed.*,
        employee_versions.employee_version_key as employee_version_key_as_was,
        current_versions.employee_version_key as employee_version_key_as_is,
        employee_versions.population,
        employee_versions.fiscal_year_start_month,
        project_versions.project_version_key as project_version_key_as_was,
        current_projects.project_version_key as project_version_key_as_is,
        project_versions.customer_key,
        project_versions.work_category,
        work_lines.contract_line_id,
        case
            when employed.employee_key = 'unassigned' and not employed.is_generic then 'employee'
            when not employed.is_employed then 'employment'
            when employed.project_key = 'unassigned' then 'project'
            when
                {{ is_delivered('customer') }}
                and project_versions.work_category = 'client'
                and project_versions.customer_key = 'unassigned'
                then 'customer'
            when
                {{ is_delivered('contract_line') }}
                and employed.is_billable
                and project_versions.work_category = 'client'
                and contract_lines.contract_line_id is null
                then 'contract_line'
            else contract_lines.missing_link
        end as missing_link
    from employed
    inner join employee_versions
        on
            employed.employment_key = employee_versions.employment_key
            and employed.lookup_date >= employee_versions.lookup_from
            and employed.lookup_date < employee_versions.lookup_to
    inner join current_versions on employed.employment_key = current_versions.employment_key
    inner join project_versions
        on
            employed.project_key = project_versions.project_key
            and employed.lookup_date >= project_versions.lookup_from
            and employed.lookup_date < project_versions.lookup_to
    inner join current_projects on employed.project_key = current_projects.project_key
    left join {{ ref('int_line_of_work') }} as work_lines
        on
            employed.project_key = work_lines.project_key
            and employed.task_id = work_lines.task_id
            and employed.lookup_date >= work_lines.valid_from
            and employed.lookup_date < work_lines.valid_to
    left join {{ ref('int_contract_line') }} as contract_lines
        on work_lines.contract_line_id = contract_lines.contract_line_id
)

select
    {{ surrogate_key(['placed.assignment_key', 'placed.work_date']) }} as assignment_day_key,
    placed.assignment_key,
    placed.source_system,
    placed.source_object,
    placed.assignment_id,
    placed.employee_key,
    placed.employment_key,
    placed.employee_version_key_as_was,
    placed.employee_version_key_as_is,
    placed.population,
    {{ fiscal_period_label('placed.work_date', 'placed.fiscal_year_start_month') }} as entity_fiscal_period,
    placed.project_key,
    placed.project_version_key_as_was,
    placed.project_version_key_as_is,
    placed.customer_key,
    placed.task_id,
    placed.contract_line_id,
    placed.role,
    placed.work_date,
    placed.work_category,
    placed.kind,
    placed.is_generic,
    placed.is_billable,
    placed.is_hard,
    placed.is_booked,
    placed.is_employed,
    placed.work_date > horizon.cut_off as is_after_cut_off,
    -- capacity ends on the as-of date, and so does what is set against it
    placed.is_booked
    and placed.is_employed
    and placed.work_date >= horizon.history_from
    and placed.work_date <= horizon.as_of as is_counted,
    placed.hours,
    cast(case when placed.is_booked then placed.hours else 0 end as numeric(28, 6)) as booked_hours,
    cast(
        case
            when placed.is_booked and placed.is_billable and placed.work_category <> 'excluded' then placed.hours
            else 0
        end as numeric(28, 6)
    ) as billable_booked_hours,
    cast(
        case when placed.is_booked and placed.work_category = 'excluded' then placed.hours else 0 end
        as numeric(28, 6)
    ) as excluded_booked_hours,
    placed.missing_link,
    placed.source_url,
    placed.correlation_id,
    placed.load_id,
    placed.source_file,
    placed.source_row
from placed
cross join horizon
