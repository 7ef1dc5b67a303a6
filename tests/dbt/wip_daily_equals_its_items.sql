-- On the as-of date, on the last day of each month and on the days after items left, the daily balance is the sum of
-- the items that wait on that day.
with days as (
    select distinct snapshot_date
    from {{ ref('fct_wip_daily') }}
    where
        snapshot_date = {{ date_literal(var('as_of')) }}
        or {{ month_start(add_days('snapshot_date', 1)) }} = {{ add_days('snapshot_date', 1) }}
),

items as (
    select
        days.snapshot_date,
        items.component,
        items.contract_line_id,
        sum(items.amount_transaction) as amount
    from days
    inner join {{ ref('fct_wip_item') }} as items
        on days.snapshot_date >= items.live_from and days.snapshot_date < items.live_to
    group by days.snapshot_date, items.component, items.contract_line_id
),

balances as (
    select
        daily.snapshot_date,
        daily.component,
        daily.contract_line_id,
        sum(daily.amount_transaction) as amount
    from {{ ref('fct_wip_daily') }} as daily
    inner join days on daily.snapshot_date = days.snapshot_date
    group by daily.snapshot_date, daily.component, daily.contract_line_id
)

select
    items.amount as items_amount,
    balances.amount as daily_amount,
    coalesce(items.snapshot_date, balances.snapshot_date) as snapshot_date,
    coalesce(items.component, balances.component) as component,
    coalesce(items.contract_line_id, balances.contract_line_id) as contract_line_id
from items
full outer join balances
    on
        items.snapshot_date = balances.snapshot_date
        and items.component = balances.component
        and items.contract_line_id = balances.contract_line_id
where coalesce(items.amount, 0) <> coalesce(balances.amount, 0)
