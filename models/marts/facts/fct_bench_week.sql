-- Capacity that nothing is done with, by employment and piece of a week as in fct_timesheet_week, dated on the first
-- day of capacity in it. Up to the cut-off what was neither worked nor left unrecorded, after it what is not booked.
-- Its cost is priced at the person's rate of that day; a missing rate leaves null, never 0.
{%- set modes = ['transaction', 'functional', 'reporting', 'constant'] %}
with horizon as (
    select * from {{ ref('int_horizon') }}
),

capacity as (
    select
        employee_key,
        employment_key,
        employee_version_key_as_was,
        employee_version_key_as_is,
        population,
        entity_fiscal_period,
        {{ week_start('capacity_date') }} as week_start,
        {{ month_start('capacity_date') }} as month_start,
        min(capacity_date) as bench_date,
        cast(sum(net_hours) as numeric(28, 6)) as net_hours
    from {{ ref('fct_capacity_daily') }}
    group by
        employee_key, employment_key, employee_version_key_as_was, employee_version_key_as_is, population,
        entity_fiscal_period, {{ week_start('capacity_date') }}, {{ month_start('capacity_date') }}
),

timesheets as (
    select * from {{ ref('fct_timesheet_week') }}
),

worked as (
    select
        employee_key,
        employment_key,
        employee_version_key_as_was,
        {{ week_start('work_date') }} as week_start,
        {{ month_start('work_date') }} as month_start,
        sum(
            billable_hours + credited_hours + unbilled_client_hours + internal_hours + training_hours
        ) as productive_hours
    from {{ ref('fct_time_entry') }}
    group by
        employee_key, employment_key, employee_version_key_as_was,
        {{ week_start('work_date') }}, {{ month_start('work_date') }}
),

booked as (
    select
        employee_key,
        employment_key,
        employee_version_key_as_was,
        {{ week_start('work_date') }} as week_start,
        {{ month_start('work_date') }} as month_start,
        sum(booked_hours) as booked_hours
    from {{ ref('fct_assignment_daily') }}
    where is_counted
    group by
        employee_key, employment_key, employee_version_key_as_was,
        {{ week_start('work_date') }}, {{ month_start('work_date') }}
),

pieces as (
    select
        capacity.*,
        timesheets.missing_hours,
        timesheets.missing_link,
        cast(coalesce(worked.productive_hours, 0) as numeric(28, 6)) as productive_hours,
        cast(coalesce(booked.booked_hours, 0) as numeric(28, 6)) as booked_hours,
        capacity.bench_date > horizon.cut_off as is_after_cut_off
    from capacity
    cross join horizon
    inner join timesheets
        on
            capacity.employee_key = timesheets.employee_key
            and capacity.employment_key = timesheets.employment_key
            and capacity.employee_version_key_as_was = timesheets.employee_version_key_as_was
            and capacity.week_start = timesheets.week_start
            and capacity.month_start = timesheets.month_start
    left join worked
        on
            capacity.employee_key = worked.employee_key
            and capacity.employment_key = worked.employment_key
            and capacity.employee_version_key_as_was = worked.employee_version_key_as_was
            and capacity.week_start = worked.week_start
            and capacity.month_start = worked.month_start
    left join booked
        on
            capacity.employee_key = booked.employee_key
            and capacity.employment_key = booked.employment_key
            and capacity.employee_version_key_as_was = booked.employee_version_key_as_was
            and capacity.week_start = booked.week_start
            and capacity.month_start = booked.month_start
),

benched as (
    select
        pieces.*,
        people.role,
        people.legal_entity_id,
        people.functional_currency,
        cast(
            case
                when pieces.is_after_cut_off then greatest(0, pieces.net_hours - pieces.booked_hours)
                else greatest(0, pieces.net_hours - pieces.productive_hours - pieces.missing_hours)
            end as numeric(28, 6)
        ) as bench_hours
    from pieces
    inner join {{ ref('dim_employee') }} as people
        on pieces.employee_version_key_as_was = people.employee_version_key
),

costed as (
    {{ costed('benched', 'bench_date', of_project=false) }}
),

priced as (
    select
        costed.*,
        {{ price_line('costed.bench_hours', 'costed.cost_rate', 'costed.minor_unit') }} as bench_cost
    from costed
),

converted as (
    {{ converted_flow('priced', ['bench_cost'], 'cost_currency', 'functional_currency', 'bench_date') }}
)

select
    {{ surrogate_key(['employee_key', 'employment_key', 'employee_version_key_as_was', 'week_start', 'month_start']) }}
        as bench_week_key,
    employee_key,
    employment_key,
    employee_version_key_as_was,
    employee_version_key_as_is,
    population,
    legal_entity_id,
    entity_fiscal_period,
    week_start,
    month_start,
    bench_date,
    is_after_cut_off,
    net_hours,
    productive_hours,
    missing_hours,
    booked_hours,
    cost_rate_key,
    cast(cost_rate_level as integer) as cost_rate_level,
    cost_rate,
    {% for mode in modes -%}
    bench_cost_{{ mode }},
    currency_{{ mode }},
    {% endfor -%}
    {% for mode in modes -%}
    cast(case when bench_cost_{{ mode }} is null then bench_hours else 0 end as numeric(28, 6))
        as uncosted_bench_hours_{{ mode }},
    {% endfor -%}
    bench_hours,
    missing_link
from converted
