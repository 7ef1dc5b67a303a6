-- `weekday` is the contract's name for it.
-- Weekly hours of a working schedule: the sum of its attendances by weekday, without lunch, section lines and
-- attendances of a single resource. Attendances with their own dates split the schedule into stretches of days.
-- A schedule of two alternating weeks counts with the average of both: right over a fortnight, flagged as such.
with calendars as (
    select * from {{ ref('stg_odoo__resource_calendar') }}
    where not is_deleted
),

attendances as (
    select
        staged.source_system,
        staged.calendar_id,
        staged.day_of_week + 1 as weekday, -- noqa: RF04
        staged.hour_to - staged.hour_from as hours,
        coalesce(staged.start_date, {{ beginning_of_time() }}) as held_from,
        coalesce({{ add_days('staged.end_date', 1) }}, {{ end_of_time() }}) as held_to,
        staged.known_from
    from {{ ref('stg_odoo__resource_calendar_attendance') }} as staged
    where
        not staged.is_deleted
        and staged.resource_id is null
        and staged.display_type is null
        and coalesce(staged.day_period, '') <> 'lunch'
),

bounds as (
    select
        source_system,
        calendar_id,
        held_from as bound
    from attendances
    union
    select
        source_system,
        calendar_id,
        held_to as bound
    from attendances
),

spans as (
    select
        bounds.source_system,
        bounds.calendar_id,
        bounds.bound as held_from,
        lead(bounds.bound) over (partition by bounds.source_system, bounds.calendar_id order by bounds.bound) as held_to
    from bounds
),

weekly as (
    select
        spans.source_system,
        spans.calendar_id,
        attendances.weekday,
        spans.held_from,
        spans.held_to,
        sum(attendances.hours) as hours,
        max(attendances.known_from) as known_from
    from spans
    inner join attendances
        on
            spans.source_system = attendances.source_system
            and spans.calendar_id = attendances.calendar_id
            and spans.held_from >= attendances.held_from
            and spans.held_from < attendances.held_to
    where spans.held_to is not null
    group by spans.source_system, spans.calendar_id, attendances.weekday, spans.held_from, spans.held_to
),

described as (
    select
        calendars.source_system,
        calendars.source_id,
        calendars.calendar_id,
        calendars.calendar_name,
        coalesce(calendars.is_two_weeks, false) as is_two_weeks,
        weekly.weekday,
        case when calendars.is_two_weeks then weekly.hours * cast(0.5 as numeric(2, 1)) else weekly.hours end as hours,
        nullif(weekly.held_from, {{ beginning_of_time() }}) as valid_from,
        nullif(weekly.held_to, {{ end_of_time() }}) as valid_to,
        greatest(calendars.known_from, weekly.known_from) as known_from,
        calendars.known_to,
        calendars.is_deleted,
        calendars.record_hash,
        calendars.load_id,
        calendars.source_file,
        calendars.source_row
    from calendars
    inner join weekly
        on calendars.source_system = weekly.source_system and calendars.calendar_id = weekly.calendar_id
)

select
    described.calendar_id,
    described.weekday,
    cast(described.hours as numeric(28, 6)) as hours,
    false as is_full_time_pattern,
    described.calendar_name,
    {{ record_columns(
        'described', 'resource_calendar',
        source_id="described.calendar_id || '|' || cast(described.weekday as " ~ dbt.type_string()
            ~ ") || coalesce('|' || cast(described.valid_from as " ~ dbt.type_string() ~ "), '')",
        quality_flags="case when described.is_two_weeks then 'two_week_average' end",
        valid_from='described.valid_from',
        valid_to='described.valid_to'
    ) }}
from described
