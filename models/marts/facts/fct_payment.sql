-- Cash applied to invoices, at the averages of its month. A payment settles a document and not its lines: it belongs to
-- the owner of the invoice's largest line.
with payments as (
    {{ golden_rows('payment', ['payment_id', 'invoice_id']) }}
),

main_lines as (
    select
        ranked.invoice_id,
        ranked.contract_line_id,
        ranked.project_key
    from (
        select
            invoice_lines.invoice_id,
            invoice_lines.contract_line_id,
            invoice_lines.project_key,
            row_number() over (
                partition by invoice_lines.invoice_id
                order by
                    abs(invoice_lines.amount_untaxed) desc,
                    invoice_lines.line_number asc,
                    invoice_lines.invoice_line_key asc
            ) as size_order
        from {{ ref('int_invoice_line') }} as invoice_lines
    ) as ranked
    where ranked.size_order = 1
),

applied as (
    select
        payments.*,
        main_lines.contract_line_id,
        main_lines.project_key,
        invoices.kind as invoice_kind,
        coalesce(invoices.customer_key, 'unassigned') as customer_key,
        coalesce(payments.legal_entity_id, invoices.legal_entity_id) as cash_entity_id
    from payments
    left join {{ ref('int_invoice') }} as invoices on payments.invoice_id = invoices.invoice_id
    left join main_lines on payments.invoice_id = main_lines.invoice_id
),

owned as (
    {{ owned_money('applied', 'payment_date') }}
),

booked as (
    select
        owned.*,
        coalesce(
            owned.owner_functional_currency, entities.functional_currency, owned.currency
        ) as books_currency
    from owned
    left join {{ ref('dim_legal_entity') }} as entities on owned.cash_entity_id = entities.legal_entity_id
),

converted as (
    {{ converted_flow('booked', ['amount'], 'currency', 'books_currency', 'payment_date') }}
)

select
    entity_key as payment_key,
    payment_id,
    invoice_id,
    invoice_kind,
    cash_entity_id as legal_entity_id,
    customer_key,
    owner_line_id as contract_line_id,
    owner_project_key as project_key,
    contract_line_version_key_as_was,
    contract_line_version_key_as_is,
    payment_date,
    {{ fiscal_period_label('payment_date', 'owner_fiscal_year_start_month') }} as owner_fiscal_period,
    {% for mode in ['transaction', 'functional', 'reporting', 'constant'] -%}
    amount_{{ mode }},
    currency_{{ mode }},
    {% endfor -%}
    source_system,
    source_object,
    source_id,
    source_url,
    source_file,
    source_row,
    load_id,
    correlation_id
from converted
