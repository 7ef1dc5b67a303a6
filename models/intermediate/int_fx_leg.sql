-- Quotes in force by day: spot and closing hold until the next quote, at most five business days; an average
-- holds for its month; `constant` is the firm's one chosen rate. Then both directions of every pair, the
-- inverse only where the pair itself has no quote.
with quotes as (
    select * from {{ ref('int_fx_quote') }}
),

calendar as (
    select * from {{ ref('dim_date') }}
),

running as (
    select
        quotes.*,
        lead(quotes.quote_date, 1, {{ end_of_time() }}) over (
            partition by quotes.from_currency, quotes.to_currency, quotes.rate_type order by quotes.quote_date
        ) as next_quote_date
    from quotes
    where quotes.rate_type in ('spot', 'closing')
),

daily as (
    select
        running.from_currency,
        running.to_currency,
        running.rate_type,
        calendar.date_day as rate_date,
        running.rate,
        running.basis,
        calendar.date_day > running.quote_date as is_stale
    from running
    inner join calendar
        on running.quote_date <= calendar.date_day and running.next_quote_date > calendar.date_day
    left join calendar as quoted on running.quote_date = quoted.date_day
    where
        calendar.business_day_number - coalesce(quoted.business_day_number, 0) <= 5
        -- a quote older than the calendar has no business-day number
        and {{ days_between('running.quote_date', 'calendar.date_day') }} <= 8
),

constants as (
    select
        from_currency,
        to_currency,
        'constant' as rate_type,
        {{ constant_rate_day() }} as rate_date,
        rate,
        false as is_stale,
        basis,
        row_number() over (partition by from_currency, to_currency order by quote_date desc) as place
    from quotes
    where
        rate_type = '{{ var('policies').constant_rates.rate_type }}'
        and quote_date <= {{ constant_rate_day() }}
),

direct as (
    select
        from_currency,
        to_currency,
        rate_type,
        rate_date,
        rate,
        is_stale,
        basis
    from daily
    union all
    select
        from_currency,
        to_currency,
        rate_type,
        quote_date,
        rate,
        false as is_stale,
        basis
    from quotes
    where rate_type = 'average'
    union all
    select
        from_currency,
        to_currency,
        rate_type,
        rate_date,
        rate,
        is_stale,
        basis
    from constants
    where place = 1
)

select
    from_currency,
    to_currency,
    rate_type,
    rate_date,
    rate,
    is_stale,
    basis
from direct
union all
select
    direct.to_currency as from_currency,
    direct.from_currency as to_currency,
    direct.rate_type,
    direct.rate_date,
    {{ divide_rate('1', 'direct.rate') }} as rate,
    direct.is_stale,
    'inverse of ' || direct.basis as basis
from direct
left join direct as opposite
    on
        direct.to_currency = opposite.from_currency
        and direct.from_currency = opposite.to_currency
        and direct.rate_type = opposite.rate_type
        and direct.rate_date = opposite.rate_date
where opposite.from_currency is null
