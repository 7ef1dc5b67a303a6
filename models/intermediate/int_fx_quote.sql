-- Published quotes by pair, rate type and the day they speak for: spot and closing by day, average by month
-- (published, else the mean of the month's spot rates), budget by its own date. One quote per key.
with published as (
    select
        from_currency,
        to_currency,
        rate_type,
        case when rate_type = 'average' then {{ month_start('rate_date') }} else rate_date end as quote_date,
        rate,
        row_number() over (
            partition by
                from_currency, to_currency, rate_type,
                case when rate_type = 'average' then {{ month_start('rate_date') }} else rate_date end
            order by rate_date desc, known_from desc, entity_key asc
        ) as place
    from {{ ref('can_fx_rate') }}
    where not is_deleted and rate >= 0.00000001 and rate <= 99999999 and from_currency <> to_currency
),

quotes as (
    select
        from_currency,
        to_currency,
        rate_type,
        quote_date,
        rate
    from published
    where place = 1
),

spot_means as (
    select
        from_currency,
        to_currency,
        {{ month_start('quote_date') }} as quote_date,
        {{ divide_rate('sum(rate)', 'count(*)') }} as rate
    from quotes
    where rate_type = 'spot'
    group by from_currency, to_currency, {{ month_start('quote_date') }}
)

select
    from_currency,
    to_currency,
    rate_type,
    quote_date,
    rate,
    'published' as basis
from quotes
union all
select
    spot_means.from_currency,
    spot_means.to_currency,
    'average' as rate_type,
    spot_means.quote_date,
    spot_means.rate,
    'mean of spot' as basis
from spot_means
left join quotes
    on
        spot_means.from_currency = quotes.from_currency
        and spot_means.to_currency = quotes.to_currency
        and spot_means.quote_date = quotes.quote_date
        and quotes.rate_type = 'average'
where quotes.from_currency is null
