-- One row per booking and working day (Monday to Friday) of it, with the hours planned for that day: the booking's
-- hours a day, else its total spread evenly over all of its working days, those beyond the calendar too.
-- A booking without a last day runs to the end of the calendar; a total without one has no days to be spread over.
-- A number that is too large for hours (a time stamp) is none.
with bookings as (
    select
        records.*,
        case when records.hours_per_day is null then records.total_hours end as spread_hours,
        coalesce(records.valid_from, {{ beginning_of_time() }}) as first_day,
        coalesce(records.valid_to, {{ end_of_time() }}) as end_day
    from {{ ref('can_assignment') }} as records
    where
        not records.is_deleted
        and abs(coalesce(records.hours_per_day, records.total_hours)) < 999999999
        and (
            records.hours_per_day is not null
            or (records.valid_from is not null and records.valid_to is not null)
        )
),

planned as (
    select
        bookings.*,
        coalesce(
            bookings.hours_per_day,
            {{ divide_rate('bookings.spread_hours', weekdays_between('bookings.first_day', 'bookings.end_day')) }}
        ) as day_hours
    from bookings
    where bookings.first_day < bookings.end_day
),

working_days as (
    select date_day from {{ ref('dim_date') }}
    where is_weekday
),

people as (
    select * from {{ ref('xwalk_employee') }}
),

-- a project without any version is as unknown as one that no system names
projects as (
    select links.*
    from {{ ref('xwalk_project') }} as links
    inner join {{ ref('dim_project') }} as current_projects
        on links.canonical_key = current_projects.project_key and current_projects.is_as_is
)

select
    planned.entity_key as assignment_key,
    planned.source_system,
    planned.source_object,
    planned.assignment_id,
    planned.source_url,
    planned.correlation_id,
    planned.load_id,
    planned.source_file,
    planned.source_row,
    planned.role,
    working_days.date_day as work_date,
    working_days.date_day as lookup_date,
    planned.kind,
    cast(round(planned.day_hours, 6) as numeric(28, 6)) as hours,
    coalesce(projects.canonical_key, 'unassigned') as project_key,
    coalesce(planned.task_id, '') as task_id,
    coalesce(people.canonical_key, 'unassigned') as employee_key,
    planned.employee_id is null as is_generic,
    coalesce(planned.is_billable, true) as is_billable,
    coalesce(planned.is_hard, true) as is_hard,
    coalesce(planned.is_hard, true) and coalesce(planned.kind, 'booked') <> 'required' as is_booked
from planned
inner join working_days
    on planned.first_day <= working_days.date_day and planned.end_day > working_days.date_day
left join people
    on
        planned.source_system = people.source_system
        and planned.employee_id = people.source_id
        and working_days.date_day >= people.valid_from
        and working_days.date_day < people.valid_to
left join projects
    on
        planned.source_system = projects.source_system
        and planned.project_id = projects.source_id
        and working_days.date_day >= projects.valid_from
        and working_days.date_day < projects.valid_to
