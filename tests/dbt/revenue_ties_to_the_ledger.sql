-- Every revenue line that the ledger keeps is in the fact once, and what it posted is recognised to the cent, by
-- currency, on either basis.
with golden as (
    {{ golden_rows('revenue_schedule', ['revenue_schedule_line_id']) }}
),

canonical as (
    select
        currency,
        count(*) as ledger_lines,
        coalesce(sum(planned_amount), 0) as planned,
        coalesce(sum(case when status = 'posted' and posting_date is not null then recognized_amount end), 0) as posted
    from golden
    group by currency
),

fact as (
    select
        currency_transaction as currency,
        count(*) as fact_lines,
        coalesce(sum(planned_amount_transaction), 0) as planned,
        coalesce(sum(recognized_amount_transaction), 0) as posted,
        coalesce(sum(service_amount_transaction), 0) as serviced
    from {{ ref('fct_revenue_line') }}
    group by currency_transaction
)

select
    canonical.ledger_lines,
    fact.fact_lines,
    canonical.planned as ledger_planned,
    fact.planned as fact_planned,
    canonical.posted as ledger_posted,
    fact.posted as fact_posted,
    fact.serviced as fact_serviced,
    coalesce(canonical.currency, fact.currency) as currency
from canonical
full outer join fact on canonical.currency = fact.currency
where
    coalesce(canonical.ledger_lines, 0) <> coalesce(fact.fact_lines, 0)
    or coalesce(canonical.planned, 0) <> coalesce(fact.planned, 0)
    or coalesce(canonical.posted, 0) <> coalesce(fact.posted, 0)
    or coalesce(canonical.posted, 0) <> coalesce(fact.serviced, 0)
