-- A balance that still has items reaches the as-of date, none goes beyond it, and one that has ended ends with zero.
with ends as (
    select
        daily.balance_key,
        daily.snapshot_date,
        daily.items,
        daily.amount_transaction,
        row_number() over (partition by daily.balance_key order by daily.snapshot_date desc) as place
    from {{ ref('fct_wip_daily') }} as daily
)

select *
from ends
where
    place = 1
    and (
        snapshot_date > {{ date_literal(var('as_of')) }}
        or (items <> 0 and snapshot_date < {{ date_literal(var('as_of')) }})
        or (items = 0 and amount_transaction <> 0)
    )
