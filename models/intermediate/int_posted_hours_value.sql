-- What posted invoices hold of time and overage, by contract line and posting date: it consumes caps first. Credit
-- notes give room back.
with precedence as (
    {{ system_precedence('invoice') }}
),

known as (
    select
        invoices.invoice_id,
        invoices.kind,
        invoices.status,
        invoices.posting_date,
        row_number() over (
            partition by invoices.invoice_id order by precedence.precedence, invoices.entity_key
        ) as place
    from {{ ref('can_invoice') }} as invoices
    inner join precedence on invoices.source_system = precedence.source_system
    where not invoices.is_deleted
)

select
    contract_lines.contract_id,
    contract_lines.contract_line_id,
    known.posting_date,
    sum({{ signed_invoice_amount('known.kind', 'invoice_lines.amount_untaxed') }}) as amount
from {{ ref('can_invoice_line') }} as invoice_lines
inner join known on invoice_lines.invoice_id = known.invoice_id
inner join {{ ref('int_contract_line') }} as contract_lines
    on invoice_lines.contract_line_id = contract_lines.contract_line_id
where
    known.place = 1
    and known.status in ('posted', 'paid')
    and known.posting_date is not null
    and not invoice_lines.is_deleted
    and invoice_lines.kind in ('time', 'overage')
group by contract_lines.contract_id, contract_lines.contract_line_id, known.posting_date
