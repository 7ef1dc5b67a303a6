-- Bookings that are set against capacity, and time recorded up to the cut-off. Scheduled hours are booked on any day;
-- blended hours are recorded up to the cut-off and booked after it.
with horizon as (
    select cut_off from {{ ref('int_horizon') }}
),

booked as (
    {{ report_modes(
        'fct_assignment_daily',
        [
            'assignment_day_key', 'work_date', 'population', 'entity_fiscal_period', 'is_counted', 'is_after_cut_off', 'missing_link',
            'billable_booked_hours', 'excluded_booked_hours'
        ],
        ['employee_version_key']
    ) }}
),

recorded as (
    {{ report_modes(
        'fct_time_entry',
        [
            'time_entry_key', 'work_date', 'population', 'entity_fiscal_period', 'missing_link', 'billable_hours',
            'credited_hours', 'excluded_hours'
        ],
        ['employee_version_key']
    ) }}
)

select
    report_mode,
    employee_version_key,
    assignment_day_key as staffing_key,
    work_date,
    population,
    entity_fiscal_period,
    missing_link,
    billable_booked_hours as scheduled_billable_hours,
    excluded_booked_hours as scheduled_excluded_hours,
    cast(case when is_after_cut_off then billable_booked_hours else 0 end as numeric(28, 6)) as blended_billable_hours,
    cast(case when is_after_cut_off then excluded_booked_hours else 0 end as numeric(28, 6)) as blended_excluded_hours
from booked
where is_counted
union all
select
    recorded.report_mode,
    recorded.employee_version_key,
    recorded.time_entry_key as staffing_key,
    recorded.work_date,
    recorded.population,
    recorded.entity_fiscal_period,
    recorded.missing_link,
    cast(0 as numeric(28, 6)) as scheduled_billable_hours,
    cast(0 as numeric(28, 6)) as scheduled_excluded_hours,
    cast(recorded.billable_hours + recorded.credited_hours as numeric(28, 6)) as blended_billable_hours,
    cast(recorded.excluded_hours as numeric(28, 6)) as blended_excluded_hours
from recorded
cross join horizon
where recorded.work_date <= horizon.cut_off
