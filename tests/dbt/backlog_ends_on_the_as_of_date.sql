-- A balance that stands reaches the as-of date, none goes beyond it, and one that has ended ends with zero.
with ends as (
    select
        balance_key,
        snapshot_date,
        amount_transaction,
        row_number() over (partition by balance_key order by snapshot_date desc) as place
    from {{ ref('fct_backlog_daily') }}
)

select *
from ends
where
    place = 1
    and (
        snapshot_date > {{ date_literal(var('as_of')) }}
        or (amount_transaction <> 0 and snapshot_date < {{ date_literal(var('as_of')) }})
    )
