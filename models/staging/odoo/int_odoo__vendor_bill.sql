-- Lines of supplier bills, receipts and refunds (negative) that their analytic distribution puts on a project, net of
-- tax. What reimburses an expense is left out: the expense is read by itself. A line shared between projects has none.
with moves as (
    select * from {{ ref('stg_odoo__account_move') }}
    where move_type in ('in_invoice', 'in_receipt', 'in_refund')
),

lines as (
    select * from {{ ref('stg_odoo__account_move_line') }}
    where display_type = 'product' and expense_id is null and amount_untaxed is not null
),

distributions as (
    select * from {{ ref('int_odoo_analytic_project') }}
),

partners as (
    select * from {{ ref('stg_odoo__res_partner') }}
)

select
    lines.move_line_id as vendor_bill_line_id,
    coalesce(partners.partner_name, partners.complete_name) as vendor_name,
    moves.company_id as legal_entity_id,
    distributions.project_id,
    cast(null as {{ dbt.type_string() }}) as employee_id,
    moves.accounting_date as bill_date,
    case when moves.move_type = 'in_refund' then -lines.amount_untaxed else lines.amount_untaxed end as amount,
    coalesce(lines.currency_code, moves.currency_code) as currency,
    cast(null as boolean) as is_pass_through,
    case when moves.move_state = 'cancel' then 'void' else moves.move_state end as status,
    {{ record_columns('lines', 'account_move_line', quality_flags='distributions.project_flag') }}
from lines
inner join moves
    on lines.source_system = moves.source_system and lines.move_id = moves.move_id
inner join distributions
    on
        lines.source_system = distributions.source_system
        and lines.analytic_distribution = distributions.analytic_distribution
left join partners
    on
        moves.source_system = partners.source_system
        and coalesce(moves.commercial_partner_id, moves.partner_id) = partners.partner_id
