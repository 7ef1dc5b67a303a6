-- Expense lines, including tax, in the currency of the receipt. One in a report that nobody submitted is a draft. It is
-- charged on where it names an order and its product may be charged on. The project is the one that its analytic
-- distribution names, else the only one of its order; the invoice is that of the order line it was charged on with.
with expenses as (
    select * from {{ ref('stg_odoo__hr_expense') }}
),

sheets as (
    select * from {{ ref('stg_odoo__hr_expense_sheet') }}
),

policies as (
    select * from {{ ref('int_odoo_product') }}
),

distributions as (
    select * from {{ ref('int_odoo_analytic_project') }}
),

order_projects as (
    select
        source_system,
        order_id,
        min(project_id) as project_id
    from {{ ref('int_odoo_sale_line') }}
    where not is_deleted
    group by source_system, order_id
    having count(distinct project_id) = 1
),

invoiced as (
    select
        order_lines.source_system,
        order_lines.expense_id,
        min(invoice_lines.invoice_id) as invoice_id
    from {{ ref('stg_odoo__sale_order_line') }} as order_lines
    inner join {{ ref('int_odoo__invoice_line') }} as invoice_lines
        on
            order_lines.source_system = invoice_lines.source_system
            and order_lines.order_line_id = invoice_lines.contract_line_id
    inner join {{ ref('int_odoo__invoice') }} as invoices
        on
            invoice_lines.source_system = invoices.source_system
            and invoice_lines.invoice_id = invoices.invoice_id
    where order_lines.expense_id is not null and invoices.kind = 'invoice' and not invoices.is_deleted
    group by order_lines.source_system, order_lines.expense_id
)

select
    expenses.expense_id,
    expenses.employee_id,
    case
        when distributions.analytic_distribution is not null then distributions.project_id
        else order_projects.project_id
    end as project_id,
    expenses.expense_date,
    coalesce(policies.product_name, expenses.product_label, 'other') as expense_type,
    expenses.amount_total as amount,
    expenses.amount_tax as tax_amount,
    cast(null as boolean) as is_tax_recoverable,
    expenses.currency_code as currency,
    expenses.order_id is not null and coalesce(policies.expense_policy, 'no') <> 'no' as is_billable,
    cast(null as boolean) as has_receipt,
    case
        when expenses.expense_state in ('draft', 'reported') then 'draft'
        when expenses.expense_state = 'refused' then 'rejected'
        when expenses.expense_state = 'done' then 'posted'
        else expenses.expense_state
    end as status,
    cast(null as timestamp) as submitted_at,
    case when expenses.expense_state in ('approved', 'done') then sheets.approved_at end as approved_at,
    cast(null as {{ dbt.type_string() }}) as approver_employee_id,
    cast(null as timestamp) as posted_at,
    invoiced.invoice_id,
    {{ record_columns('expenses', 'hr_expense', quality_flags='distributions.project_flag') }}
from expenses
left join sheets
    on expenses.source_system = sheets.source_system and expenses.sheet_id = sheets.sheet_id
left join policies
    on expenses.source_system = policies.source_system and expenses.product_id = policies.product_id
left join distributions
    on
        expenses.source_system = distributions.source_system
        and expenses.analytic_distribution = distributions.analytic_distribution
left join order_projects
    on expenses.source_system = order_projects.source_system and expenses.order_id = order_projects.order_id
left join invoiced
    on expenses.source_system = invoiced.source_system and expenses.expense_id = invoiced.expense_id
