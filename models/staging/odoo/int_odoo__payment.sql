-- What settled customer invoices: each reconciliation of an invoice's line with a line of anything but a credit note
-- (that is a credit) or the entry of an exchange difference (that is no cash). Paying a credit note out is a negative
-- payment of that note. Dated by the later day of the two lines, in the document's currency. What an accountant sets
-- off by a journal entry settles the invoice too, and counts.
with reconciles as (
    select * from {{ ref('stg_odoo__account_partial_reconcile') }}
),

lines as (
    select
        staged.source_system,
        staged.move_line_id,
        staged.move_id,
        moves.move_type,
        moves.company_id,
        moves.currency_code,
        moves.move_state
    from {{ ref('stg_odoo__account_move_line') }} as staged
    inner join {{ ref('stg_odoo__account_move') }} as moves
        on staged.source_system = moves.source_system and staged.move_id = moves.move_id
),

exchange_entries as (
    select distinct
        source_system,
        exchange_move_id
    from reconciles
    where exchange_move_id is not null
),

pairs as (
    select
        reconciles.*,
        debits.move_id as debit_move_id,
        debits.move_type as debit_type,
        debits.company_id as debit_company_id,
        debits.currency_code as debit_document_currency,
        credits.move_id as credit_move_id,
        credits.move_type as credit_type,
        credits.company_id as credit_company_id,
        credits.currency_code as credit_document_currency
    from reconciles
    inner join lines as debits
        on reconciles.source_system = debits.source_system and reconciles.debit_line_id = debits.move_line_id
    inner join lines as credits
        on reconciles.source_system = credits.source_system and reconciles.credit_line_id = credits.move_line_id
    left join exchange_entries as debit_exchanges
        on
            reconciles.source_system = debit_exchanges.source_system
            and debits.move_id = debit_exchanges.exchange_move_id
    left join exchange_entries as credit_exchanges
        on
            reconciles.source_system = credit_exchanges.source_system
            and credits.move_id = credit_exchanges.exchange_move_id
    where debit_exchanges.exchange_move_id is null and credit_exchanges.exchange_move_id is null
),

applied as (
    select
        pairs.*,
        pairs.debit_move_id as document_id,
        pairs.debit_company_id as company_id,
        coalesce(pairs.debit_currency_code, pairs.debit_document_currency) as currency,
        pairs.debit_amount as amount
    from pairs
    where pairs.debit_type in ('out_invoice', 'out_receipt') and pairs.credit_type <> 'out_refund'
    union all
    select
        pairs.*,
        pairs.credit_move_id as document_id,
        pairs.credit_company_id as company_id,
        coalesce(pairs.credit_currency_code, pairs.credit_document_currency) as currency,
        -pairs.credit_amount as amount
    from pairs
    where pairs.credit_type = 'out_refund' and pairs.debit_type not in ('out_invoice', 'out_receipt')
)

select
    applied.reconcile_id as payment_id,
    applied.document_id as invoice_id,
    applied.settled_on as payment_date,
    applied.amount,
    applied.currency,
    applied.company_id as legal_entity_id,
    {{ record_columns('applied', 'account_partial_reconcile') }}
from applied
where applied.settled_on is not null and applied.amount is not null
