-- Product lines of customer invoices and credit notes, net of tax. Odoo states them positive on both kinds of
-- document, as the canonical contract does.
with moves as (
    select * from {{ ref('stg_odoo__account_move') }}
    where move_type in ('out_invoice', 'out_receipt', 'out_refund')
),

lines as (
    select * from {{ ref('stg_odoo__account_move_line') }}
    where display_type = 'product'
),

accounts as (
    select * from {{ ref('stg_odoo__account_account') }}
)

select
    lines.move_line_id as invoice_line_id,
    lines.move_id as invoice_id,
    cast(lines.line_number as bigint) as line_number,
    cast(null as {{ dbt.type_string() }}) as contract_line_id,
    cast(null as {{ dbt.type_string() }}) as project_id,
    cast(null as {{ dbt.type_string() }}) as billing_event_id,
    lines.line_text as description,
    lines.display_type as kind,
    lines.quantity,
    lines.unit_price,
    lines.amount_untaxed,
    lines.amount_total - lines.amount_untaxed as amount_tax,
    coalesce(accounts.account_code, lines.account_id) as account_id,
    {{ record_columns('lines', 'account_move_line') }}
from lines
inner join moves
    on lines.source_system = moves.source_system and lines.move_id = moves.move_id
left join accounts
    on lines.source_system = accounts.source_system and lines.account_id = accounts.account_id
where lines.amount_untaxed is not null
