-- What posted invoices hold of time and overage, by contract line and posting date: it consumes caps first. Credit
-- notes give room back, whichever sign their system writes: the document as a whole counts against what was billed.
with documents as (
    select
        invoices.posting_date,
        invoice_lines.contract_line_id,
        invoice_lines.kind,
        invoice_lines.amount_untaxed,
        case
            when
                invoices.kind = 'credit_note'
                and sum(invoice_lines.amount_untaxed) over (partition by invoices.invoice_id) > 0
                then -1
            else 1
        end as direction
    from {{ ref('can_invoice_line') }} as invoice_lines
    inner join {{ ref('int_invoice') }} as invoices on invoice_lines.invoice_id = invoices.invoice_id
    where invoices.is_live and not invoice_lines.is_deleted
)

select
    contract_lines.contract_id,
    contract_lines.contract_line_id,
    documents.posting_date,
    sum(documents.direction * documents.amount_untaxed) as amount
from documents
inner join {{ ref('int_contract_line') }} as contract_lines
    on documents.contract_line_id = contract_lines.contract_line_id
where documents.kind in ('time', 'overage')
group by contract_lines.contract_id, contract_lines.contract_line_id, documents.posting_date
