-- One row per invoice or credit note; is_live where it is posted or paid: drafts and void ones bill nothing.
select
    golden.invoice_id,
    golden.invoice_number,
    golden.kind,
    golden.status,
    golden.legal_entity_id,
    golden.contract_id,
    golden.issue_date,
    golden.posting_date,
    golden.due_date,
    golden.currency,
    golden.credit_reason,
    golden.reverses_invoice_id,
    golden.rebill_group_id,
    golden.sent_at,
    golden.source_system,
    golden.source_object,
    golden.source_id,
    golden.correlation_id,
    coalesce(customers.canonical_key, 'unassigned') as customer_key,
    golden.status in ('posted', 'paid') and golden.posting_date is not null as is_live
from ({{ golden_rows('invoice', ['invoice_id']) }}) as golden
left join {{ ref('xwalk_customer') }} as customers
    on
        golden.source_system = customers.source_system
        and golden.customer_id = customers.source_id
        and customers.valid_to = {{ end_of_time() }}
