-- What the breaks leave uncertain of a metric is, of each transaction, the largest that one of them leaves, and no more hours
-- than were worked, no more work in progress than waits.
with claims as (
    select
        metric,
        sum(claim_amount) as claimed
    from {{ ref('rec_break_touch') }}
    group by metric
),

touched as (
    select distinct
        transactions.transaction_key,
        touches.metric,
        touches.counts
    from {{ ref('rec_break_transaction') }} as transactions
    inner join {{ ref('rec_check_touch') }} as touches on transactions.check_id = touches.check_id
),

hours as (
    select
        touched.metric,
        sum(abs(entries.hours)) as bound
    from touched
    inner join {{ ref('fct_time_entry') }} as entries
        on touched.transaction_key = 'time|' || entries.source_system || ':' || entries.time_entry_id
    where touched.counts in ('hours', 'billable_hours')
    group by touched.metric
),

stakes as (
    select
        metric,
        sum(largest) as bound
    from (
        select
            touches.metric,
            transactions.transaction_key,
            max(transactions.stake_reporting) as largest
        from {{ ref('rec_break_transaction') }} as transactions
        inner join {{ ref('rec_check_touch') }} as touches on transactions.check_id = touches.check_id
        where touches.counts in ('stake', 'waiting')
        group by touches.metric, transactions.transaction_key
    ) as by_transaction
    where metric not in (select metric from touched where counts not in ('stake', 'waiting'))
    group by metric
)

select
    claims.metric,
    claims.claimed,
    coalesce(hours.bound, stakes.bound) as bound
from claims
left join hours on claims.metric = hours.metric
left join stakes on claims.metric = stakes.metric
where claims.claimed > coalesce(hours.bound, stakes.bound)
