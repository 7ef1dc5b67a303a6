-- What each break leaves uncertain of each metric that its check touches, in what the metric counts: of an hour its
-- hours, of work in progress what waits to be billed of it, of cost its cost, else the stake. What is not in the number
-- and would not be is no part of it. Where several breaks touch a metric through one transaction, each keeps what
-- exceeds the largest before it in the order of causes, whatever the kinds of their stakes: a number is uncertain by a
-- transaction once.
with transactions as (
    select * from {{ ref('rec_break_transaction') }}
),

touches as (
    select * from {{ ref('rec_check_touch') }}
),

waiting as (
    select
        items.item_id as time_entry_key,
        sum({{ at_rate('items.amount_transaction', 'items.currency_transaction', reporting_currency(), 'spots') }})
            as waiting_amount
    from {{ ref('fct_wip_item') }} as items
    {{ exchange_rate(
        'spots', 'spot', 'items.currency_transaction', reporting_currency(), date_literal(var('as_of'))
    ) }}
    where
        items.item_kind = 'time'
        and items.component in ('unbilled_tm_time', 'unbilled_overage', 'unbilled_unapproved_time')
        and items.live_from <= {{ date_literal(var('as_of')) }}
        and items.live_to > {{ date_literal(var('as_of')) }}
    group by items.item_id
),

entries as (
    select
        'time|' || facts.source_system || ':' || facts.time_entry_id as transaction_key,
        abs(facts.hours) as entry_hours,
        case when facts.is_billable then abs(facts.hours) end as billable_hours,
        abs(facts.contract_amount_reporting) as price_amount,
        abs(facts.cost_amount_reporting) as cost_amount,
        abs(waiting.waiting_amount) as waiting_amount
    from {{ ref('fct_time_entry') }} as facts
    left join waiting on facts.time_entry_key = waiting.time_entry_key
),

measured as (
    select
        transactions.break_id,
        transactions.check_id,
        transactions.item_key,
        transactions.transaction_key,
        transactions.event_date,
        transactions.cause_rank,
        touches.metric,
        touches.counts,
        touches.is_missing,
        transactions.stake_reporting as worth,
        case touches.counts
            when 'hours' then entries.entry_hours
            when 'billable_hours' then entries.billable_hours
            when 'price' then entries.price_amount
            when 'cost' then entries.cost_amount
            -- what does not wait is null, which least() would pass over
            when 'waiting' then nullif(least(coalesce(entries.waiting_amount, 0), transactions.stake_reporting), 0)
            else transactions.stake_reporting
        end as amount
    from transactions
    inner join touches on transactions.check_id = touches.check_id
    left join entries on transactions.transaction_key = entries.transaction_key
),

ordered as (
    select
        measured.*,
        coalesce(max(measured.amount) over (
            partition by measured.metric, measured.transaction_key
            order by measured.cause_rank, measured.event_date, measured.check_id, measured.item_key
            rows between unbounded preceding and 1 preceding
        ), 0) as amount_before,
        coalesce(max(measured.worth) over (
            partition by measured.metric, measured.transaction_key
            order by measured.cause_rank, measured.event_date, measured.check_id, measured.item_key
            rows between unbounded preceding and 1 preceding
        ), 0) as worth_before
    from measured
    where measured.counts = 'stake' or measured.amount <> 0
)

select
    break_id,
    metric,
    is_missing,
    -- greatest() would pass over what is not known and say nothing of it
    cast(
        sum(case when amount is not null then greatest(0, amount - amount_before) end) as numeric(28, 6)
    ) as claim_amount,
    cast(
        sum(case when worth is not null then greatest(0, worth - worth_before) end) as numeric(28, 6)
    ) as worth_reporting,
    break_id || '|' || metric as touch_key,
    case when count(amount) = 0 then 1 else 0 end as is_unpriced
from ordered
group by break_id, metric, is_missing
