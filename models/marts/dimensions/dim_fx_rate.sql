-- One rate per pair, rate type and date: direct, else inverse, else through the pivot currency; 1 between a
-- currency and itself. No rate is no row, never 1. An average is dated on the first of its month.
{{ config(meta={'keeps_difference': true}) }}

with legs as (
    select * from {{ ref('int_fx_leg') }}
),

through_pivot as (
    select
        one.from_currency,
        other.to_currency,
        one.rate_type,
        one.rate_date,
        {{ multiply_rates('one.rate', 'other.rate') }} as rate,
        one.is_stale or other.is_stale as is_stale
    from legs as one
    inner join legs as other
        on
            one.to_currency = other.from_currency
            and one.rate_type = other.rate_type
            and one.rate_date = other.rate_date
    left join legs as known
        on
            one.from_currency = known.from_currency
            and other.to_currency = known.to_currency
            and one.rate_type = known.rate_type
            and one.rate_date = known.rate_date
    where
        one.to_currency = '{{ var('policies').fx_pivot }}'
        and one.from_currency <> other.to_currency
        and known.from_currency is null
        and one.rate < 99999999 and other.rate < 99999999
),

used_currencies as (
    select functional_currency as currency from {{ ref('dim_legal_entity') }}
    union
    {% for entity in [
        'cost_rate', 'project', 'contract', 'contract_line', 'expense', 'invoice', 'revenue_schedule', 'vendor_bill'
    ] -%}
    select currency from {{ ref('can_' ~ entity) }}
    union
    {% endfor -%}
    select from_currency as currency from {{ ref('can_fx_rate') }}
    union
    select to_currency as currency from {{ ref('can_fx_rate') }}
    union
    select '{{ var('reporting_currency') }}' as currency
),

months as (
    select distinct month_start from {{ ref('dim_date') }}
),

day_kinds as (
    select 'spot' as rate_type
    union all
    select 'closing' as rate_type
),

identities as (
    select
        used_currencies.currency as from_currency,
        used_currencies.currency as to_currency,
        'average' as rate_type,
        months.month_start as rate_date
    from used_currencies
    cross join months
    where used_currencies.currency is not null
    union all
    select
        used_currencies.currency as from_currency,
        used_currencies.currency as to_currency,
        kinds.rate_type,
        days.date_day as rate_date
    from used_currencies
    cross join {{ ref('dim_date') }} as days
    cross join day_kinds as kinds
    where used_currencies.currency is not null
    union all
    select
        currency as from_currency,
        currency as to_currency,
        'constant' as rate_type,
        {{ constant_rate_day() }} as rate_date
    from used_currencies
    where currency is not null
)

select
    from_currency,
    to_currency,
    rate_type,
    rate_date,
    rate,
    is_stale,
    basis
from legs
union all
select
    from_currency,
    to_currency,
    rate_type,
    rate_date,
    rate,
    is_stale,
    'through the pivot' as basis
from through_pivot
union all
select
    from_currency,
    to_currency,
    rate_type,
    rate_date,
    cast(1 as numeric(28, 10)) as rate,
    false as is_stale,
    'same currency' as basis
from identities
