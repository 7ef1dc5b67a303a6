-- Invoice posted → status visible to PSA and CRM. The PSA sees it where a billing event names the invoice or a line of
-- it; no time is kept of that. No record of a CRM names an invoice.
{{ config(materialized='view') }}

with events as (
    {{ golden_rows('billing_event', ['billing_event_id']) }}
),

seen as (
    select
        invoice_id,
        min(billing_event_id) as billing_event_id
    from (
        select
            invoice_id,
            billing_event_id
        from events
        where invoice_id is not null
        union all
        select
            invoice_lines.invoice_id,
            events.billing_event_id
        from events
        inner join {{ ref('int_invoice_line') }} as invoice_lines
            on events.invoice_line_id = invoice_lines.invoice_line_id
    ) as named
    group by invoice_id
),

sending_systems as (
    select distinct source_system from {{ ref('can_invoice') }}
    where not is_deleted and sent_at is not null
),

items as (
    select
        invoices.invoice_id,
        invoices.sent_at,
        invoices.source_system,
        invoices.source_object,
        invoices.source_id,
        invoices.correlation_id,
        seen.billing_event_id,
        invoices.legal_entity_id as owner_entity_id,
        invoices.posting_date as started_on,
        cast(invoices.sent_at as date) as sent_on,
        'invoice|' || invoices.invoice_id as item_key,
        'Invoice ' || coalesce(invoices.invoice_number, invoices.invoice_id) as item_name,
        sending_systems.source_system is not null as is_sending_recorded
    from {{ ref('int_invoice') }} as invoices
    left join seen on invoices.invoice_id = seen.invoice_id
    left join sending_systems on invoices.source_system = sending_systems.source_system
    where
        invoices.is_live
        and invoices.kind <> 'credit_note'
        and invoices.posting_date <= {{ date_literal(var('as_of')) }}
)

{{ workflow_steps('items', 'invoice_to_status', [
    {
        'step': 'posted', 'recorded': 'true', 'done': 'true', 'on': 'items.started_on',
        'gap': '', 'object': 'invoice', 'id': 'items.invoice_id',
    },
    {
        'step': 'sent', 'recorded': 'items.is_sending_recorded', 'done': 'items.sent_at is not null',
        'on': 'items.sent_on', 'at': 'items.sent_at', 'gap': 'the system records no sending', 'object': 'invoice',
        'id': 'items.invoice_id',
    },
    {
        'step': 'visible_in_psa', 'recorded': is_delivered('billing_event'),
        'done': 'items.billing_event_id is not null', 'gap': 'no system delivers billing events',
        'object': 'billing_event', 'id': 'items.billing_event_id',
    },
    {
        'step': 'visible_in_crm', 'recorded': 'false', 'done': 'false',
        'gap': 'no record of a CRM names an invoice', 'object': 'opportunity', 'id': 'items.invoice_id',
    },
]) }}
