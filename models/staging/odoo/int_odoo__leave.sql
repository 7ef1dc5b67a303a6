-- Leave requests of single people. Requests for a department or company have no employee: Odoo makes one request
-- per person out of them, and those are read. Types that count as worked time are not leave. A request that was
-- cancelled by its owner is archived, whatever its state says.
-- Half days and hours are hours off; a half day whose hours Odoo does not store is half of the schedule's day.
with requests as (
    select * from {{ ref('stg_odoo__hr_leave') }}
    where employee_id is not null
),

leave_types as (
    select * from {{ ref('stg_odoo__hr_leave_type') }}
),

calendars as (
    select * from {{ ref('stg_odoo__resource_calendar') }}
),

described as (
    select
        requests.*,
        leave_types.leave_type_name,
        coalesce(leave_types.is_unpaid, false) as is_unpaid,
        {{ days_between('requests.first_date', 'requests.last_date') }} + 1 as number_of_dates,
        coalesce(requests.is_half_day, false) or coalesce(requests.is_by_hours, false) as is_part_day,
        coalesce(
            nullif(requests.number_of_hours, 0),
            case when requests.is_by_hours then requests.hour_to - requests.hour_from end,
            calendars.hours_per_day * cast(0.5 as numeric(2, 1))
        ) as hours_off
    from requests
    left join leave_types
        on requests.source_system = leave_types.source_system and requests.leave_type_id = leave_types.leave_type_id
    left join calendars
        on requests.source_system = calendars.source_system and requests.calendar_id = calendars.calendar_id
    where coalesce(leave_types.time_type, 'leave') = 'leave'
)

select
    described.leave_id,
    described.employee_id,
    cast(null as {{ dbt.type_string() }}) as employment_id,
    case
        when described.is_part_day and described.number_of_dates > 1
            then cast({{ divide_rate('described.hours_off', 'described.number_of_dates') }} as numeric(28, 6))
        when described.is_part_day then cast(described.hours_off as numeric(28, 6))
    end as hours_per_day,
    described.leave_type_name as leave_kind,
    described.is_unpaid,
    case
        when not described.is_active then 'cancelled'
        when described.leave_state = 'validate' then 'approved'
        when described.leave_state in ('confirm', 'validate1') then 'submitted'
        when described.leave_state = 'refuse' then 'rejected'
        when described.leave_state = 'cancel' then 'cancelled'
        else 'draft'
    end as status,
    {{ record_columns(
        'described', 'hr_leave',
        quality_flags="case when described.is_part_day and described.hours_off is null then 'hours_unknown' end",
        valid_from='described.first_date',
        valid_to=add_days('described.last_date', 1)
    ) }}
from described
