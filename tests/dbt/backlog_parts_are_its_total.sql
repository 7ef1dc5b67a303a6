-- Of each contract line on each day: hard and soft are as much as scheduled and unscheduled, and none is below zero.
with parts as (
    select
        contract_line_id,
        snapshot_date,
        sum(case when component in ('hard', 'soft') then amount_transaction else 0 end) as by_commitment,
        sum(case when component in ('scheduled', 'unscheduled') then amount_transaction else 0 end) as by_plan,
        min(amount_transaction) as lowest
    from {{ ref('fct_backlog_daily') }}
    where component in ('hard', 'soft', 'scheduled', 'unscheduled')
    group by contract_line_id, snapshot_date
)

select *
from parts
where by_commitment <> by_plan or lowest < 0
