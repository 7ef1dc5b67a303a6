-- One row per invoice or credit note; is_live where it is posted or paid: drafts and void ones bill nothing.
select
    golden.invoice_id,
    golden.kind,
    golden.posting_date,
    golden.credit_reason,
    golden.reverses_invoice_id,
    golden.status in ('posted', 'paid') and golden.posting_date is not null as is_live
from ({{ golden_rows('invoice', ['invoice_id']) }}) as golden
