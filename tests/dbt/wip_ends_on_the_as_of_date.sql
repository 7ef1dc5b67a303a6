-- A balance that still has items reaches the as-of date, none goes beyond it, and one that has ended ends with zero.
with ends as (
    select
        balance_key,
        max(snapshot_date) as last_date
    from {{ ref('fct_wip_daily') }}
    group by balance_key
)

select
    daily.balance_key,
    daily.snapshot_date,
    daily.items,
    daily.amount_transaction
from {{ ref('fct_wip_daily') }} as daily
inner join ends on daily.balance_key = ends.balance_key and daily.snapshot_date = ends.last_date
where
    daily.snapshot_date > {{ date_literal(var('as_of')) }}
    or (daily.items <> 0 and daily.snapshot_date < {{ date_literal(var('as_of')) }})
    or (daily.items = 0 and daily.amount_transaction <> 0)
