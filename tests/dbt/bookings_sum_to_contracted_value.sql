-- The changes of a line sum to what the latest version of its canonical rows is worth; only lines of signed contracts
-- that sell something other than expenses have any.
with latest as (
    select
        ranked.contract_id,
        ranked.contract_line_id,
        ranked.contract_type,
        ranked.estimated_value,
        coalesce(ranked.transaction_price, 0) + coalesce(ranked.minimum_commitment, 0) as committed, -- noqa: RF04
        coalesce(ranked.nte_amount, 0) as nte_amount
    from (
        select
            versions.*,
            row_number() over (
                partition by versions.contract_line_id order by versions.line_version desc
            ) as age
        from ({{ golden_rows('contract_line', ['contract_line_id', 'line_version']) }}) as versions
    ) as ranked
    where ranked.age = 1
),

signed as (
    select distinct contracts.contract_id
    from ({{ golden_rows('contract', ['contract_id']) }}) as contracts
    where contracts.signature_date is not null
),

contracted as (
    select
        latest.contract_line_id,
        latest.committed
        + coalesce(latest.estimated_value, greatest(latest.nte_amount - latest.committed, 0)) as amount
    from latest
    inner join signed on latest.contract_id = signed.contract_id
    where latest.contract_type <> 'expense'
),

booked as (
    select
        contract_line_id,
        sum(amount_transaction) as amount
    from {{ ref('fct_booking') }}
    group by contract_line_id
)

select
    contracted.amount as contracted_amount,
    booked.amount as booked_amount,
    coalesce(contracted.contract_line_id, booked.contract_line_id) as contract_line_id
from contracted
full outer join booked on contracted.contract_line_id = booked.contract_line_id
where coalesce(contracted.amount, 0) <> coalesce(booked.amount, 0)
