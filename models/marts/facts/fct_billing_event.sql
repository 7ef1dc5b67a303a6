-- What was raised to be billed, and the invoice it ended on: the one that bills it today, else a draft, else one that a
-- rebill took back, else a void one. is_invoiced follows the same rule as work in progress.
{{ config(meta={
    'rows_by': {
        'key': 'billing_event_id',
        'from': {
            'fct_time_entry': 'select events.billing_event_id from {can_billing_event} as events
                inner join {changed} on events.time_entry_id = changed.time_entry_id',
        },
    },
    'reads': {'fct_time_entry': ['time_entry_key', 'source_system', 'time_entry_id', 'project_key', 'work_date']},
}) }}

with events as (
    select *
    from (
        {{ golden_rows('billing_event', ['billing_event_id']) }}
    ) as golden
    where {{ touched_keys('billing_event_id') }}
),

named as (
    {{ invoices_of_events('events', ref('int_invoice_line')) }}
),

judged as (
    select
        named.billing_event_id,
        named.invoice_id,
        invoices.posting_date,
        spans.billed_from <= horizon.as_of and horizon.as_of < spans.billed_to as bills_now,
        case
            when spans.billed_from <= horizon.as_of and horizon.as_of < spans.billed_to then 1
            when invoices.status = 'draft' then 2
            when invoices.is_live then 3
            when invoices.invoice_id is not null then 4
            else 5
        end as preference
    from named
    cross join {{ ref('int_horizon') }} as horizon
    left join {{ ref('int_invoice') }} as invoices on named.invoice_id = invoices.invoice_id
    left join {{ ref('int_invoice_span') }} as spans on named.invoice_id = spans.invoice_id
    where {{ touched_keys('named.billing_event_id') }}
),

ended as (
    select
        judged.*,
        row_number() over (
            partition by judged.billing_event_id
            order by
                judged.preference,
                coalesce(judged.posting_date, {{ beginning_of_time() }}) desc,
                judged.invoice_id
        ) as choice
    from judged
),

linked as (
    select
        events.*,
        entries.time_entry_key,
        expenses.entity_key as expense_key,
        milestones.entity_key as milestone_key,
        ended.invoice_id as ended_on_invoice_id,
        case when ended.bills_now then ended.posting_date end as billed_date,
        coalesce(ended.bills_now, false) as is_invoiced,
        coalesce(projects.canonical_key, entries.project_key, 'unassigned') as project_key,
        coalesce(
            events.due_date, entries.work_date, expenses.expense_date, events.period_end, ended.posting_date,
            {{ date_literal(var('as_of')) }}
        ) as event_date,
        -- an id that several systems know names one record
        row_number() over (
            partition by events.entity_key
            order by entries.time_entry_key, expenses.entity_key, milestones.entity_key
        ) as reading
    from events
    left join ended on events.billing_event_id = ended.billing_event_id and ended.choice = 1
    left join {{ ref('xwalk_project') }} as projects
        on
            events.source_system = projects.source_system
            and events.project_id = projects.source_id
            and projects.valid_to = {{ end_of_time() }}
    left join {{ ref('fct_time_entry') }} as entries
        on
            events.time_entry_id = entries.time_entry_id
            and {{ same_system_or_reader('events', 'entries', 'time_entry') }}
    left join {{ ref('can_expense') }} as expenses
        on
            events.expense_id = expenses.expense_id
            and {{ same_system_or_reader('events', 'expenses', 'expense') }}
            and not expenses.is_deleted
    left join {{ ref('can_milestone') }} as milestones
        on
            events.milestone_id = milestones.milestone_id
            and {{ same_system_or_reader('events', 'milestones', 'milestone') }}
            and not milestones.is_deleted
),

raised as (
    select * from linked
    where reading = 1
),

owned as (
    {{ owned_money('raised', 'event_date') }}
),

converted as (
    {{ converted_flow('owned', ['amount'], 'currency', 'owner_functional_currency', 'event_date') }}
)

select
    entity_key as billing_event_key,
    billing_event_id,
    kind,
    status,
    owner_line_id as contract_line_id,
    owner_project_key as project_key,
    contract_line_version_key_as_was,
    contract_line_version_key_as_is,
    time_entry_key,
    expense_key,
    milestone_key,
    ended_on_invoice_id as invoice_id,
    is_invoiced,
    billed_date,
    event_date,
    {{ fiscal_period_label('event_date', 'owner_fiscal_year_start_month') }} as owner_fiscal_period,
    due_date,
    period_start,
    period_end,
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
