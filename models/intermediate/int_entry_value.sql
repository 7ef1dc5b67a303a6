-- What a recorded entry is worth to a break: its bill price where it is sold and has one, else its standard price, else
-- its standard cost; null where nothing is known. Corrections keep their sign.
{{ config(materialized='view') }}

with entries as (
    select * from {{ ref('fct_time_entry') }}
),

units as (
    select
        currency,
        minor_unit
    from {{ ref('currency') }}
),

valued as (
    select
        entries.time_entry_key,
        entries.price,
        entries.price_currency,
        {{ price_units('entries.hours', 'entries.standard_unit_price', 'entries.price_minor_unit') }} as standard_price,
        {{ price_line('entries.hours', 'entries.cost_rate', 'coalesce(units.minor_unit, 2)') }} as cost,
        entries.currency_transaction as cost_currency
    from entries
    left join units on entries.currency_transaction = units.currency
)

select
    time_entry_key,
    coalesce(price, standard_price, cost) as entry_value,
    case when coalesce(price, standard_price) is not null then price_currency else cost_currency end as currency
from valued
