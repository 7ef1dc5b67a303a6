-- What the breaks leave uncertain of a metric is, of each transaction, no more than the largest that one of them
-- leaves: no more hours than were worked, no more money than is at stake.
with claims as (
    select
        metric,
        sum(claim_amount) as claimed
    from {{ ref('rec_break_touch') }}
    group by metric
),

touched as (
    select
        touches.metric,
        claims_of.transaction_key,
        max(claims_of.stake_reporting) as largest,
        max(case when touches.counts in ('hours', 'billable_hours') then 1 else 0 end) as is_in_hours,
        max(case when touches.counts in ('price', 'cost') then 1 else 0 end) as is_in_else
    from {{ ref('rec_break_transaction') }} as claims_of
    inner join {{ ref('rec_check_touch') }} as touches on claims_of.check_id = touches.check_id
    group by touches.metric, claims_of.transaction_key
),

bounds as (
    select
        touched.metric,
        sum(case when touched.is_in_hours = 1 then abs(entries.hours) else touched.largest end) as upper_bound
    from touched
    left join {{ ref('fct_time_entry') }} as entries
        on touched.transaction_key = 'time|' || entries.source_system || ':' || entries.time_entry_id
    group by touched.metric
    having max(touched.is_in_else) = 0
)

select
    claims.metric,
    claims.claimed,
    bounds.upper_bound
from claims
inner join bounds on claims.metric = bounds.metric
where claims.claimed > bounds.upper_bound
