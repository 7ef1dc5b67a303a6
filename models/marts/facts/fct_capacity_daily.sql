-- Capacity by employment and day, from history_from to as_of, in the order of the capacity walk:
-- standard ± pattern − long unpaid leave − holidays = gross; gross − leave = net.
with horizon as (
    select * from {{ ref('int_horizon') }}
),

versions as (
    select * from {{ ref('dim_employee') }}
    where employment_key <> 'unassigned'
),

current_versions as (
    select
        employment_key,
        employee_version_key
    from versions
    where is_as_is
),

employed as (
    select
        versions.*,
        days.date_day,
        days.is_weekday
    from versions
    cross join horizon
    inner join {{ ref('dim_date') }} as days
        on
            versions.valid_from <= days.date_day
            and versions.valid_to > days.date_day
            and horizon.history_from <= days.date_day
            and horizon.as_of >= days.date_day
),

holidays as (
    select
        source_system,
        location,
        holiday_date,
        max(coalesce(day_fraction, 1)) as day_fraction
    from {{ ref('can_holiday') }}
    where not is_deleted
    group by source_system, location, holiday_date
),

known_calendars as (
    select distinct
        source_system,
        calendar_id
    from {{ ref('can_calendar') }}
    where not is_deleted
),

scheduled as (
    select
        employed.employment_key,
        employed.employee_key,
        employed.employee_version_key,
        employed.date_day,
        employed.population,
        employed.utilization_target,
        employed.legal_entity_id,
        employed.fiscal_year_start_month,
        cast(
            case when employed.is_weekday then employed.standard_hours_per_day * employed.fte else 0 end as numeric(
                18, 6
            )
        ) as standard_hours,
        cast(
            coalesce(calendars.hours * case when calendars.applies_fte then employed.fte else 1 end, 0) as numeric(
                18, 6
            )
        ) as scheduled_hours,
        known_calendars.calendar_id is null as has_no_calendar,
        employed.employee_id is null as is_unknown_person,
        case when employed.population = 'contingent' then 0 else 1 end as counts,
        coalesce(holidays.day_fraction, 0) as holiday_fraction,
        coalesce(leave_days.is_whole_day, false) as is_whole_day_leave,
        coalesce(leave_days.part_day_hours, 0) as part_day_leave_hours,
        coalesce(leave_days.is_long_unpaid, false) as is_long_unpaid
    from employed
    left join {{ ref('int_calendar_day') }} as calendars
        on
            employed.source_system = calendars.source_system
            and employed.calendar_id = calendars.calendar_id
            and employed.date_day = calendars.date_day
    left join known_calendars
        on
            employed.source_system = known_calendars.source_system
            and employed.calendar_id = known_calendars.calendar_id
    left join holidays
        on
            employed.source_system = holidays.source_system
            and employed.location = holidays.location
            and employed.date_day = holidays.holiday_date
    left join {{ ref('int_leave_day') }} as leave_days
        on
            employed.employment_key = leave_days.employment_key
            and employed.date_day = leave_days.date_day
),

deducted as (
    select
        scheduled.*,
        case when scheduled.is_long_unpaid then scheduled.scheduled_hours else 0 end as long_unpaid_leave_hours,
        case
            when scheduled.is_long_unpaid then 0
            else
                cast(
                    cast(scheduled.scheduled_hours as numeric(14, 6))
                    * cast(scheduled.holiday_fraction as numeric(14, 6)) as numeric(18, 6)
                )
        end as holiday_hours
    from scheduled
),

walked as (
    select
        deducted.*,
        deducted.scheduled_hours - deducted.long_unpaid_leave_hours - deducted.holiday_hours as gross_hours
    from deducted
)

select
    {{ surrogate_key(['walked.employment_key', 'walked.date_day']) }} as capacity_key,
    walked.employee_key,
    walked.employment_key,
    walked.employee_version_key as employee_version_key_as_was,
    current_versions.employee_version_key as employee_version_key_as_is,
    walked.date_day as capacity_date,
    walked.population,
    walked.legal_entity_id,
    {{ fiscal_period_label('walked.date_day', 'walked.fiscal_year_start_month') }} as entity_fiscal_period,
    cast(walked.counts * walked.standard_hours as numeric(28, 6)) as standard_hours,
    cast(walked.counts * (walked.scheduled_hours - walked.standard_hours) as numeric(28, 6)) as pattern_effect_hours,
    cast(walked.counts * walked.scheduled_hours as numeric(28, 6)) as scheduled_hours,
    cast(walked.counts * walked.long_unpaid_leave_hours as numeric(28, 6)) as long_unpaid_leave_hours,
    cast(walked.counts * walked.holiday_hours as numeric(28, 6)) as holiday_hours,
    cast(walked.counts * walked.gross_hours as numeric(28, 6)) as gross_hours,
    cast(walked.counts * case
        when walked.is_long_unpaid then 0
        when walked.is_whole_day_leave then walked.gross_hours
        else least(walked.gross_hours, walked.part_day_leave_hours)
    end as numeric(28, 6)) as leave_hours,
    cast(walked.counts * case
        when walked.is_long_unpaid then walked.gross_hours
        when walked.is_whole_day_leave then 0
        else walked.gross_hours - least(walked.gross_hours, walked.part_day_leave_hours)
    end as numeric(28, 6)) as net_hours,
    walked.utilization_target,
    cast(
        case when walked.utilization_target is not null then walked.counts * walked.gross_hours end as numeric(28, 6)
    ) as targeted_gross_hours,
    cast(walked.counts * walked.gross_hours * walked.utilization_target as numeric(28, 6)) as target_hours,
    walked.has_no_calendar,
    case
        when walked.is_unknown_person then 'employee'
        when walked.has_no_calendar then 'calendar'
    end as missing_link
from walked
inner join current_versions on walked.employment_key = current_versions.employment_key
