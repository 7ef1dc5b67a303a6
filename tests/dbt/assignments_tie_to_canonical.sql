-- Every live booking has each of its working days in the calendar once: at its hours a day, or adding up to its total
-- if all of it lies in the calendar, to half a millionth of an hour a day.
with calendar as (
    select
        min(date_day) as first_day,
        max(date_day) as last_day
    from {{ ref('dim_date') }}
),

canonical as (
    select
        bookings.entity_key,
        bookings.hours_per_day,
        bookings.total_hours,
        coalesce(
            bookings.valid_from >= calendar.first_day and bookings.valid_to <= calendar.last_day, false
        ) as is_within,
        (
            select count(*) from {{ ref('dim_date') }} as days
            where days.is_weekday and {{ holds_on('days.date_day', 'bookings') }}
        ) as working_days
    from {{ ref('can_assignment') }} as bookings
    cross join calendar
    where
        not bookings.is_deleted
        and abs(coalesce(bookings.hours_per_day, bookings.total_hours)) < 999999999
        and (
            bookings.hours_per_day is not null
            or (bookings.valid_from is not null and bookings.valid_to is not null)
        )
),

fact as (
    select
        assignment_key,
        count(*) as working_days,
        sum(hours) as hours
    from {{ ref('fct_assignment_daily') }}
    group by assignment_key
)

select
    canonical.entity_key,
    fact.assignment_key,
    canonical.working_days,
    fact.hours
from canonical
full outer join fact on canonical.entity_key = fact.assignment_key
where
    canonical.entity_key is null
    or coalesce(fact.working_days, 0) <> canonical.working_days
    or fact.hours <> canonical.hours_per_day * canonical.working_days
    or (
        canonical.hours_per_day is null
        and canonical.is_within
        and abs(fact.hours - canonical.total_hours) > canonical.working_days * 0.0000005
    )
