-- What was posted, by the record or document that it was posted for, at the as-of date, and whether it was posted more
-- than once: records on live invoices, documents of the ledger, and entries that look alike although their ids differ.
{{ config(meta={
    'rows_by': {
        'key': 'item_key',
        'from': {'fct_time_entry': 'macro touched_references', 'int_billing_posting': 'item_reference'},
    },
    'reads': {'fct_time_entry': [
        'time_entry_key', 'source_system', 'time_entry_id', 'employee_key', 'employment_key', 'project_key', 'task_key',
        'contract_line_id', 'work_date', 'hours', 'note', 'corrects_id', 'is_recorded', 'submitted_at', 'entered_at',
        'price', 'price_currency', 'price_minor_unit', 'standard_unit_price', 'cost_rate', 'currency_transaction',
    ]},
}) }}
{%- set text = dbt.type_string() %}
with live_postings as (
    select
        postings.*,
        spans.billed_from,
        row_number() over (
            partition by postings.item_reference
            order by spans.billed_from, postings.billing_event_id, postings.invoice_id
        ) as place
    from {{ ref('int_billing_posting') }} as postings
    inner join {{ ref('int_invoice_span') }} as spans on postings.invoice_id = spans.invoice_id
    where
        spans.billed_from <= {{ date_literal(var('as_of')) }}
        and spans.billed_to > {{ date_literal(var('as_of')) }}
        and {{ touched_keys('postings.item_reference') }}
),

records as (
    select
        item_reference as item_key,
        min(source_system) as source_system,
        min(contract_line_id) as contract_line_id,
        min(currency) as currency,
        count(*) as postings,
        sum(case when place = 1 then amount end) as first_amount,
        sum(case when place > 1 then coalesce(amount, 0) end) as repeated_amount,
        min(billed_from) as first_posted_on,
        min(case when place = 2 then billed_from end) as repeated_on,
        min(case when place = 1 then coalesce(billing_event_id, invoice_id) end) as first_posting,
        min(case when place = 1 then invoice_id end) as first_invoice,
        min(case when place = 2 then coalesce(billing_event_id, invoice_id) end) as second_posting,
        min(case when place = 2 then invoice_id end) as second_invoice
    from live_postings
    group by item_reference
),

ledger_lines as (
    select
        entries.*,
        'journal|' || coalesce(entries.legal_entity_id, '') || '|' || coalesce(entries.entry_source, '')
        || '|' || entries.source_document as document_key
    from {{ ref('can_gl_entry') }} as entries
    where
        not entries.is_deleted
        and entries.source_document is not null
        and entries.accounting_date <= {{ date_literal(var('as_of')) }}
),

journals as (
    select
        document_key,
        journal_id,
        min(source_system) as source_system,
        min(legal_entity_id) as legal_entity_id,
        min(currency) as currency,
        min(accounting_date) as accounting_date,
        sum(abs(amount)) as gross_amount,
        row_number() over (partition by document_key order by min(accounting_date), journal_id) as place
    from ledger_lines
    group by document_key, journal_id
),

-- what the journals after the first post on each account, beside what the first does: a reversal has the other sign
account_sums as (
    select
        ledger_lines.document_key,
        ledger_lines.account_id,
        sum(case when journals.place = 1 then ledger_lines.amount else 0 end) as first_amount,
        sum(case when journals.place > 1 then ledger_lines.amount else 0 end) as later_amount
    from ledger_lines
    inner join journals
        on
            ledger_lines.document_key = journals.document_key
            and ledger_lines.journal_id = journals.journal_id
    group by ledger_lines.document_key, ledger_lines.account_id
),

repeated_documents as (
    select
        document_key,
        cast(
            sum(
                case
                    when first_amount > 0 and later_amount > 0 then later_amount
                    when first_amount < 0 and later_amount < 0 then -later_amount
                    else 0
                end
            ) * 0.5 as numeric(28, 6)
        ) as repeated_amount
    from account_sums
    group by document_key
),

documents as (
    select
        journals.document_key as item_key,
        cast(max(case when journals.place = 1 then journals.gross_amount end) * 0.5 as numeric(28, 6)) as first_amount,
        min(journals.source_system) as source_system,
        min(journals.legal_entity_id) as legal_entity_id,
        min(journals.currency) as currency,
        max(repeated_documents.repeated_amount) as repeated_amount,
        min(journals.accounting_date) as first_posted_on,
        min(case when journals.place = 2 then journals.accounting_date end) as repeated_on,
        min(case when journals.place = 1 then journals.journal_id end) as first_posting,
        min(case when journals.place = 2 then journals.journal_id end) as second_posting
    from journals
    left join repeated_documents on journals.document_key = repeated_documents.document_key
    group by journals.document_key
),

corrections as (
    select distinct corrects_id from {{ ref('fct_time_entry') }}
    where corrects_id is not null
),

-- two honest entries may look alike: without a note there is nothing to tell them by
noted as (
    select
        entries.*,
        row_number() over (
            partition by
                entries.employee_key, entries.project_key, coalesce(entries.task_key, ''), entries.work_date,
                entries.hours, trim(entries.note), entries.corrects_id is null and corrections.corrects_id is null
            order by entries.time_entry_id, entries.time_entry_key
        ) as place,
        min(entries.time_entry_id) over (
            partition by
                entries.employee_key, entries.project_key, coalesce(entries.task_key, ''), entries.work_date,
                entries.hours, trim(entries.note), entries.corrects_id is null and corrections.corrects_id is null
        ) as first_entry_id,
        entries.corrects_id is not null or corrections.corrects_id is not null as is_correction
    from {{ ref('int_entry_value') }} as entries
    left join corrections on entries.time_entry_id = corrections.corrects_id
    where
        entries.is_recorded
        and nullif(trim(entries.note), '') is not null
)

select
    item_key,
    item_key as transaction_key,
    'Record ' || item_key as item_name,
    postings > 1 as is_repeated,
    'on more than one live invoice' as finding,
    cast(null as {{ text }}) as item_severity,
    coalesce(repeated_on, first_posted_on) as event_date,
    first_amount,
    abs(repeated_amount) as repeated_amount,
    currency,
    'line|' || contract_line_id as owner_id,
    cast(null as {{ text }}) as owner_entity_id,
    contract_line_id,
    cast(null as {{ text }}) as employee_key,
    cast(null as {{ text }}) as employment_key,
    source_system as left_system,
    'billing_event' as left_object,
    first_posting as left_id,
    'invoice ' || first_invoice as left_value,
    source_system as right_system,
    'billing_event' as right_object,
    second_posting as right_id,
    'invoice ' || second_invoice as right_value
from records
union all
select
    item_key,
    item_key as transaction_key,
    'Ledger document ' || item_key as item_name,
    second_posting is not null and coalesce(repeated_amount, 0) <> 0 as is_repeated,
    'posted in more than one journal, and not reversed' as finding,
    cast(null as {{ text }}) as item_severity,
    coalesce(repeated_on, first_posted_on) as event_date,
    first_amount,
    repeated_amount,
    currency,
    cast(null as {{ text }}) as owner_id,
    legal_entity_id as owner_entity_id,
    cast(null as {{ text }}) as contract_line_id,
    cast(null as {{ text }}) as employee_key,
    cast(null as {{ text }}) as employment_key,
    source_system as left_system,
    'journal' as left_object,
    first_posting as left_id,
    cast(first_posted_on as {{ text }}) as left_value,
    source_system as right_system,
    'journal' as right_object,
    second_posting as right_id,
    cast(repeated_on as {{ text }}) as right_value
from documents
where {{ touched_keys('item_key') }}
union all
select
    {{ suspected_entry('noted') }} as item_key,
    'time|' || noted.source_system || ':' || noted.time_entry_id as transaction_key,
    'Time entry ' || noted.time_entry_id as item_name,
    noted.place > 1 and not noted.is_correction as is_repeated,
    'suspected: entry ' || noted.first_entry_id || ' has the same person, task, day, hours and note' as finding,
    'low' as item_severity,
    coalesce(cast(noted.submitted_at as date), cast(noted.entered_at as date), noted.work_date) as event_date,
    abs(noted.entry_value) as first_amount,
    abs(noted.entry_value) as repeated_amount,
    noted.entry_value_currency as currency,
    coalesce('line|' || noted.contract_line_id, 'project|' || noted.project_key) as owner_id,
    cast(null as {{ text }}) as owner_entity_id,
    noted.contract_line_id,
    noted.employee_key,
    noted.employment_key,
    noted.source_system as left_system,
    'time_entry' as left_object,
    noted.time_entry_id as left_id,
    noted.note as left_value,
    noted.source_system as right_system,
    'time_entry' as right_object,
    noted.first_entry_id as right_id,
    noted.note as right_value
from noted
where {{ touched_keys(suspected_entry('noted')) }}
