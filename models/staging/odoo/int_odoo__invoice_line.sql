-- Product lines of customer invoices and credit notes, net of tax. Odoo states them positive on both kinds of
-- document, as the canonical contract does. A line that invoices one order line belongs to it and to its project, one
-- that invoices none to the project of its analytic distribution.
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
),

order_lines as (
    select * from {{ ref('int_odoo_sale_line') }}
    where contract_type is not null
),

distributions as (
    select * from {{ ref('int_odoo_analytic_project') }}
)

select
    lines.move_line_id as invoice_line_id,
    lines.move_id as invoice_id,
    cast(lines.line_number as bigint) as line_number,
    order_lines.order_line_id as contract_line_id,
    coalesce(order_lines.project_id, distributions.project_id) as project_id,
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
left join order_lines
    on
        lines.source_system = order_lines.source_system
        and lines.order_line_ids = '[' || order_lines.order_line_id || ']'
left join distributions
    on
        lines.source_system = distributions.source_system
        and lines.analytic_distribution = distributions.analytic_distribution
where lines.amount_untaxed is not null
