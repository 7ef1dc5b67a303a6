-- What was invoiced, line by line, drafts and void invoices included: is_live tells what counts as billed. Amounts are
-- converted at the averages of the posting month. Money of a line that names neither contract line nor project is in
-- the books of the entity that issued the invoice, so its currency is the functional one; without a known entity the
-- money stands in its own currency.
with invoice_lines as (
    select
        invoice_lines.*,
        invoices.invoice_number,
        invoices.status,
        invoices.customer_key,
        invoices.legal_entity_id,
        invoices.issue_date,
        invoices.due_date,
        invoices.currency as invoice_currency,
        invoices.credit_reason,
        invoices.reverses_invoice_id,
        invoices.rebill_group_id,
        entities.functional_currency as issuer_functional_currency,
        links.missing_link as line_missing_link,
        coalesce(invoices.posting_date, invoices.issue_date, {{ date_literal(var('as_of')) }}) as invoice_date
    from {{ ref('int_invoice_line') }} as invoice_lines
    inner join {{ ref('int_invoice') }} as invoices on invoice_lines.invoice_id = invoices.invoice_id
    inner join {{ ref('int_invoice_line_link') }} as links
        on invoice_lines.invoice_line_key = links.invoice_line_key
    left join {{ ref('dim_legal_entity') }} as entities on invoices.legal_entity_id = entities.legal_entity_id
),

owned as (
    {{ owned_money('invoice_lines', 'invoice_date') }}
),

booked as (
    select
        owned.*,
        coalesce(
            owned.owner_functional_currency, owned.issuer_functional_currency, owned.invoice_currency
        ) as books_currency
    from owned
),

converted as (
    {{ converted_flow(
        'booked', ['amount_untaxed', 'amount_tax'], 'invoice_currency', 'books_currency', 'invoice_date'
    ) }}
)

select
    invoice_line_key,
    invoice_line_id,
    line_number,
    invoice_id,
    invoice_number,
    invoice_kind,
    status,
    is_live,
    credit_reason,
    reverses_invoice_id,
    rebill_group_id,
    legal_entity_id,
    customer_key,
    owner_line_id as contract_line_id,
    owner_project_key as project_key,
    contract_line_version_key_as_was,
    contract_line_version_key_as_is,
    billing_event_id,
    kind,
    coalesce(kind in ('advance', 'deposit'), false) as is_advance,
    description,
    account_id,
    invoice_date,
    {{ fiscal_period_label('invoice_date', 'owner_fiscal_year_start_month') }} as owner_fiscal_period,
    issue_date,
    posting_date,
    due_date,
    quantity,
    unit_price,
    {% for mode in ['transaction', 'functional', 'reporting', 'constant'] -%}
    amount_untaxed_{{ mode }},
    amount_tax_{{ mode }},
    currency_{{ mode }},
    {% endfor -%}
    case
        when owner_missing_link is not null then owner_missing_link
        when {{ is_delivered('customer') }} and customer_key = 'unassigned' then 'customer'
        else line_missing_link
    end as missing_link,
    source_system,
    source_object,
    source_id,
    source_url,
    source_file,
    source_row,
    load_id,
    correlation_id
from converted
