-- Business days by legal entity: Mondays to Fridays that are no whole public holiday of its location, numbered through,
-- so that the days between two dates are the difference of their numbers. `Unassigned` knows weekends only.
with entities as (
    select
        legal_entity_id,
        holiday_location
    from {{ ref('dim_legal_entity') }}
    union all
    select
        'Unassigned' as legal_entity_id,
        cast(null as {{ dbt.type_string() }}) as holiday_location
),

holidays as (
    select distinct
        location,
        holiday_date
    from {{ ref('can_holiday') }}
    where not is_deleted and coalesce(day_fraction, 1) >= 1
),

days as (
    select
        entities.legal_entity_id,
        calendar.date_day,
        case when calendar.is_weekday and holidays.holiday_date is null then 1 else 0 end as is_business_day
    from entities
    cross join {{ ref('dim_date') }} as calendar
    left join holidays
        on entities.holiday_location = holidays.location and calendar.date_day = holidays.holiday_date
    where calendar.date_day <= {{ date_literal(var('as_of')) }}
)

select
    legal_entity_id,
    date_day,
    cast(sum(is_business_day) over (
        partition by legal_entity_id order by date_day rows between unbounded preceding and current row
    ) as integer) as business_day_number
from days
