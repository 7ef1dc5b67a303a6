-- Scheduled hours of each work calendar on each day, from the pattern rows in force.
with patterns as (
    select
        calendars.*,
        coalesce(calendars.is_full_time_pattern, true) as applies_fte
    from {{ ref('can_calendar') }} as calendars
    where
        not calendars.is_deleted
        and (calendars.valid_to is null or calendars.valid_from is null or calendars.valid_to > calendars.valid_from)
),

resolved as (
    {{ resolve_intervals(
        'patterns', ['source_system', 'calendar_id', 'weekday'], ['hours', 'applies_fte'],
        'bounded.known_from desc, bounded.valid_from desc nulls last, bounded.entity_key'
    ) }}
)

select
    resolved.source_system,
    resolved.calendar_id,
    days.date_day,
    resolved.hours,
    resolved.applies_fte
from {{ ref('dim_date') }} as days
inner join resolved
    on
        days.iso_weekday = resolved.weekday
        and days.date_day >= resolved.valid_from
        and days.date_day < resolved.valid_to
