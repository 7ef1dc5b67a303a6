-- Entries with what each is worth to a break: its bill price where it is sold and has one, else its standard price,
-- else its standard cost; null where nothing is known. Corrections keep their sign.
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
        entries.*,
        {{ price_units('entries.hours', 'entries.standard_unit_price', 'entries.price_minor_unit') }} as standard_value,
        {{ price_line('entries.hours', 'entries.cost_rate', 'coalesce(units.minor_unit, 2)') }} as cost_value
    from entries
    left join units on entries.currency_transaction = units.currency
)

select
    valued.*, -- noqa: AM04
    coalesce(valued.price, valued.standard_value, valued.cost_value) as entry_value,
    case
        when coalesce(valued.price, valued.standard_value) is not null then valued.price_currency
        else valued.currency_transaction
    end as entry_value_currency
from valued
