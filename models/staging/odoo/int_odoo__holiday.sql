-- `location` is the contract's name for it.
-- Public holidays. In Odoo they are absences without a resource that hang on a working schedule of a company, on
-- every schedule of a company, or on all; ours hang on a location. So the location of a person names company and
-- schedule (see int_odoo_employment_span), and a holiday is given to every such location that Odoo would give it to.
-- Times are UTC; the day is that of the schedule's zone, and the part of it that is off is what the absence covers
-- of the schedule's hours of that weekday (all of a day on which nobody works).
with holidays as (
    select * from {{ ref('stg_odoo__resource_calendar_leaves') }}
    where
        resource_id is null
        and coalesce(time_type, 'leave') = 'leave'
        and ends_at > starts_at
),

calendars as (
    select * from {{ ref('stg_odoo__resource_calendar') }}
),

attendances as (
    select * from {{ ref('stg_odoo__resource_calendar_attendance') }}
    where
        not is_deleted
        and resource_id is null
        and display_type is null
        and coalesce(day_period, '') <> 'lunch'
),

locations as (
    select distinct
        source_system,
        company_id,
        calendar_id,
        location_code
    from {{ ref('int_odoo_employment_span') }}
    where calendar_id is not null
),

local_times as (
    select
        holidays.*,
        locations.location_code,
        locations.calendar_id as location_calendar_id,
        {{ local_time('holidays.starts_at', "coalesce(calendars.time_zone, 'UTC')") }} as local_start,
        {{ local_time('holidays.ends_at', "coalesce(calendars.time_zone, 'UTC')") }} as local_end
    from holidays
    inner join locations
        on
            holidays.source_system = locations.source_system
            and (holidays.calendar_id is null or holidays.calendar_id = locations.calendar_id)
            and (
                holidays.company_id is null
                or locations.company_id is null
                or holidays.company_id = locations.company_id
            )
    left join calendars
        on
            locations.source_system = calendars.source_system
            and locations.calendar_id = calendars.calendar_id
),

offsets as (
    {{ number_series(1000) }}
),

days as (
    select
        local_times.*,
        {{ add_days('cast(local_times.local_start as date)', 'offsets.n') }} as holiday_date
    from local_times
    inner join offsets
        on
            {{ days_between('cast(local_times.local_start as date)', 'cast(local_times.local_end as date)') }}
            >= offsets.n
),

-- hours of the day, 0 to 24, between which the absence lies
clipped as (
    select
        *,
        case
            when cast(local_start as date) = holiday_date
                then cast(extract(hour from local_start) * 60 + extract(minute from local_start) as numeric(10, 2)) / 60
            else 0
        end as hour_from,
        case
            when cast(local_end as date) = holiday_date
                then cast(extract(hour from local_end) * 60 + extract(minute from local_end) as numeric(10, 2)) / 60
            else 24
        end as hour_to
    from days
),

measured as (
    select
        clipped.source_system,
        clipped.source_id,
        clipped.location_code,
        clipped.holiday_date,
        sum(attendances.hour_to - attendances.hour_from) as scheduled_hours,
        sum(
            greatest(
                least(attendances.hour_to, cast(clipped.hour_to as numeric(28, 6)))
                - greatest(attendances.hour_from, cast(clipped.hour_from as numeric(28, 6))),
                0
            )
        ) as hours_off
    from clipped
    left join attendances
        on
            clipped.source_system = attendances.source_system
            and clipped.location_calendar_id = attendances.calendar_id
            and {{ iso_weekday('clipped.holiday_date') }} = attendances.day_of_week + 1
            and (attendances.start_date is null or clipped.holiday_date >= attendances.start_date)
            and (attendances.end_date is null or clipped.holiday_date <= attendances.end_date)
    where clipped.hour_to > clipped.hour_from
    group by clipped.source_system, clipped.source_id, clipped.location_code, clipped.holiday_date
),

fractions as (
    select
        *,
        case
            when coalesce(scheduled_hours, 0) = 0 then 1
            else {{ divide_rate('hours_off', 'scheduled_hours') }}
        end as day_fraction
    from measured
),

ranked as (
    select
        holidays.*,
        fractions.location_code,
        fractions.holiday_date,
        -- a morning and an afternoon off make one holiday
        sum(fractions.day_fraction) over (
            partition by fractions.source_system, fractions.location_code, fractions.holiday_date, holidays.is_deleted
        ) as total_fraction,
        row_number() over (
            partition by fractions.source_system, fractions.location_code, fractions.holiday_date
            order by holidays.is_deleted asc, fractions.day_fraction desc, holidays.calendar_leave_id asc
        ) as place
    from fractions
    inner join holidays
        on fractions.source_system = holidays.source_system and fractions.source_id = holidays.source_id
    where fractions.day_fraction > 0
)

select
    ranked.location_code as location, -- noqa: RF04
    ranked.holiday_date,
    cast(least(ranked.total_fraction, 1) as numeric(28, 6)) as day_fraction,
    ranked.leave_name as holiday_name,
    {{ record_columns(
        'ranked', 'resource_calendar_leaves',
        source_id="ranked.location_code || '|' || cast(ranked.holiday_date as " ~ dbt.type_string() ~ ")"
    ) }}
from ranked
where ranked.place = 1
