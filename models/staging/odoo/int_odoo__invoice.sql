-- Customer invoices, receipts and credit notes. A cancelled one is void; an invoice that a credit note reversed
-- stays posted, since its credit is a document of its own. A credit note over the whole of the invoice that it names
-- takes it back: Odoo then offers its timesheets for invoicing again, so its reason is rebill. A smaller one is a
-- concession. The contract is the order whose lines the document invoices, where there is only one.
with moves as (
    select * from {{ ref('stg_odoo__account_move') }}
    where move_type in ('out_invoice', 'out_receipt', 'out_refund')
),

order_lines as (
    select * from {{ ref('stg_odoo__sale_order_line') }}
),

invoiced_orders as (
    select
        invoice_lines.source_system,
        invoice_lines.move_id,
        min(order_lines.order_id) as order_id
    from {{ ref('stg_odoo__account_move_line') }} as invoice_lines
    inner join order_lines
        on
            invoice_lines.source_system = order_lines.source_system
            and invoice_lines.order_line_ids = '[' || order_lines.order_line_id || ']'
    where not invoice_lines.is_deleted
    group by invoice_lines.source_system, invoice_lines.move_id
    having count(distinct order_lines.order_id) = 1
)

select
    moves.move_id as invoice_id,
    moves.company_id as legal_entity_id,
    moves.move_number as invoice_number,
    coalesce(moves.commercial_partner_id, moves.partner_id, 'none') as customer_id,
    invoiced_orders.order_id as contract_id,
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
    case
        when
            moves.move_type = 'out_refund'
            and moves.amount_untaxed = reversed_moves.amount_untaxed
            and moves.currency_code = reversed_moves.currency_code
            then 'rebill'
    end as credit_reason,
    {{ record_columns('moves', 'account_move') }}
from moves
left join invoiced_orders
    on moves.source_system = invoiced_orders.source_system and moves.move_id = invoiced_orders.move_id
left join moves as reversed_moves
    on
        moves.source_system = reversed_moves.source_system
        and moves.reversed_move_id = reversed_moves.move_id
