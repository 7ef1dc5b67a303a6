-- Every live expense and every supplier bill line is in its fact once, with its cost, by currency. What may count in
-- project margin is approved (expenses), or neither draft, void nor of a person (bills).
with bills as (
    {{ golden_rows('vendor_bill', ['vendor_bill_line_id']) }}
),

canonical as (
    select
        'expense' as kind,
        currency,
        amount - case when coalesce(is_tax_recoverable, true) then coalesce(tax_amount, 0) else 0 end as cost,
        status in ('approved', 'posted', 'not_recorded') as may_count
    from {{ ref('can_expense') }}
    where not is_deleted
    union all
    select
        'bill' as kind,
        currency,
        amount as cost,
        coalesce(status, '') not in ('draft', 'void') and employee_id is null as may_count
    from bills
),

facts as (
    select
        'expense' as kind,
        currency_transaction as currency,
        net_cost_transaction as cost,
        component is not null or not has_customer and is_approved as may_count
    from {{ ref('fct_expense') }}
    union all
    select
        'bill' as kind,
        currency_transaction as currency,
        amount_transaction as cost,
        component is not null or not has_customer and is_live and not is_for_person as may_count
    from {{ ref('fct_vendor_bill') }}
),

known as (
    select
        kind,
        currency,
        count(*) as records,
        sum(cost) as cost,
        sum(case when may_count then cost else 0 end) as counting
    from canonical
    group by kind, currency
),

found as (
    select
        kind,
        currency,
        count(*) as records,
        sum(cost) as cost,
        sum(case when may_count then cost else 0 end) as counting
    from facts
    group by kind, currency
)

select
    known.records,
    found.records as fact_records,
    known.cost,
    found.cost as fact_cost,
    known.counting,
    found.counting as fact_counting,
    coalesce(known.kind, found.kind) as kind,
    coalesce(known.currency, found.currency) as currency
from known
full outer join found on known.kind = found.kind and known.currency = found.currency
where
    coalesce(known.records, 0) <> coalesce(found.records, 0)
    or coalesce(known.cost, 0) <> coalesce(found.cost, 0)
    or coalesce(known.counting, 0) <> coalesce(found.counting, 0)
