-- Customer invoices, receipts and credit notes. A cancelled one is void; an invoice that a credit note reversed
-- stays posted, since its credit is a document of its own.
with moves as (
    select * from {{ ref('stg_odoo__account_move') }}
    where move_type in ('out_invoice', 'out_receipt', 'out_refund')
)

select
    moves.move_id as invoice_id,
    moves.company_id as legal_entity_id,
    moves.move_number as invoice_number,
    coalesce(moves.commercial_partner_id, moves.partner_id, 'none') as customer_id,
    cast(null as {{ dbt.type_string() }}) as contract_id,
    case when moves.move_type = 'out_refund' then 'credit_note' else 'invoice' end as kind,
    case
        when moves.move_state = 'draft' then 'draft'
        when moves.move_state = 'cancel' then 'void'
        when moves.payment_state in ('paid', 'in_payment') then 'paid'
        else 'posted'
    end as status,
    moves.invoice_date as issue_date,
    case when moves.move_state = 'posted' then moves.accounting_date end as posting_date,
    moves.due_date,
    cast(null as timestamp) as sent_at,
    moves.currency_code as currency,
    moves.amount_untaxed,
    moves.amount_tax,
    moves.amount_total,
    moves.amount_residual as amount_due,
    moves.reversed_move_id as reverses_invoice_id,
    cast(null as {{ dbt.type_string() }}) as rebill_group_id,
    cast(null as {{ dbt.type_string() }}) as credit_reason,
    {{ record_columns('moves', 'account_move') }}
from moves
