-- What posted invoices hold of time and overage, by contract line and posting date: it consumes caps first, and credit
-- notes give room back.
select
    contract_lines.contract_id,
    contract_lines.contract_line_id,
    invoice_lines.posting_date,
    sum(invoice_lines.amount_untaxed) as amount
from {{ ref('int_invoice_line') }} as invoice_lines
inner join {{ ref('int_contract_line') }} as contract_lines
    on invoice_lines.contract_line_id = contract_lines.contract_line_id
where invoice_lines.is_live and invoice_lines.kind in ('time', 'overage')
group by contract_lines.contract_id, contract_lines.contract_line_id, invoice_lines.posting_date
