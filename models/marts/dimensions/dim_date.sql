-- Days from the first to the last that any fact can have, with the group's fiscal calendar.
{{ config(meta={'keeps_difference': true}) }}

with numbers as (
    {{ number_series(40000) }}
),

horizon as (
    select
        {{ month_start('first_day') }} as first_day,
        last_day
    from {{ ref('int_horizon') }}
),

days as (
    select {{ add_days('horizon.first_day', 'numbers.n') }} as date_day
    from horizon
    inner join numbers
        on numbers.n <= {{ days_between('horizon.first_day', 'horizon.last_day') }}
),

placed as (
    select
        date_day,
        {{ iso_weekday('date_day') }} as iso_weekday,
        cast(extract(month from date_day) as integer) as month_number,
        mod(
            cast(extract(month from date_day) as integer) - {{ var('fiscal_year_start_month') }} + 12, 12
        ) as fiscal_month_index
    from days
)

select
    date_day,
    iso_weekday,
    iso_weekday <= 5 as is_weekday,
    cast(sum(case when iso_weekday <= 5 then 1 else 0 end) over (
        order by date_day rows between unbounded preceding and current row
    ) as integer) as business_day_number,
    {{ week_start('date_day') }} as week_start,
    {{ month_start('date_day') }} as month_start,
    cast(date_trunc('quarter', date_day) as date) as quarter_start,
    cast(date_trunc('year', date_day) as date) as year_start,
    {{ month_start('date_day') }} as fiscal_period_start,
    {{ add_months('date_day', '-mod(fiscal_month_index, 3)') }} as fiscal_quarter_start,
    {{ add_months('date_day', '-fiscal_month_index') }} as fiscal_year_start
from placed
