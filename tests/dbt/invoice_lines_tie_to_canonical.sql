-- Invoice by invoice, live lines are worth what their canonical lines are, with the sign of the document: a credit note
-- takes away, in whatever sign its system writes. Headers are no part of this: one that does not add up its lines is a
-- defect of the source.
with systems as (
    {{ system_precedence('invoice_line') }}
),

invoices as (
    {{ golden_rows('invoice', ['invoice_id']) }}
),

lines_by_system as (
    select
        invoice_lines.invoice_id,
        systems.precedence,
        sum(invoice_lines.amount_untaxed) as amount,
        count(*) as invoice_lines
    from {{ ref('can_invoice_line') }} as invoice_lines
    inner join systems on invoice_lines.source_system = systems.source_system
    where not invoice_lines.is_deleted
    group by invoice_lines.invoice_id, systems.precedence
),

first_systems as (
    select
        invoice_id,
        min(precedence) as precedence
    from lines_by_system
    group by invoice_id
),

canonical as (
    select
        invoices.invoice_id,
        lines_by_system.invoice_lines,
        case
            when invoices.kind = 'credit_note' then -abs(lines_by_system.amount)
            else lines_by_system.amount
        end as amount
    from invoices
    inner join first_systems on invoices.invoice_id = first_systems.invoice_id
    inner join lines_by_system
        on
            first_systems.invoice_id = lines_by_system.invoice_id
            and first_systems.precedence = lines_by_system.precedence
    where invoices.status in ('posted', 'paid') and invoices.posting_date is not null
),

fact as (
    select
        invoice_id,
        sum(amount_untaxed_transaction) as amount,
        count(*) as invoice_lines
    from {{ ref('fct_invoice_line') }}
    where is_live
    group by invoice_id
)

select
    canonical.amount as canonical_amount,
    fact.amount as fact_amount,
    coalesce(canonical.invoice_id, fact.invoice_id) as invoice_id
from canonical
full outer join fact on canonical.invoice_id = fact.invoice_id
where
    coalesce(canonical.amount, 0) <> coalesce(fact.amount, 0)
    or coalesce(canonical.invoice_lines, 0) <> coalesce(fact.invoice_lines, 0)
