-- Time approved → cost posted and billable transaction, and the invoice where the work is sold by the hour. A system
-- that marks no entry as posted does not record posting; of one without approval nobody knows since when it waits.
{{ config(materialized='view', meta={'reads': {'fct_time_entry': [
    'time_entry_key', 'time_entry_id', 'source_system', 'source_object', 'correlation_id', 'status', 'approved_at',
    'posted_at', 'contract_line_version_key_as_was', 'contract_type', 'is_billable', 'is_approved', 'is_after_as_of',
], 'fct_billing_event': ['billing_event_id', 'time_entry_key']}}) }}

with invoiced as (
    {{ invoiced_items('time') }}
),

raised as (
    select
        time_entry_key,
        min(billing_event_id) as billing_event_id
    from {{ ref('fct_billing_event') }}
    where time_entry_key is not null
    group by time_entry_key
),

posting_systems as (
    select distinct source_system from {{ ref('fct_time_entry') }}
    where status = 'posted' or posted_at is not null
),

items as (
    select
        entries.time_entry_id,
        entries.status,
        entries.approved_at,
        entries.posted_at,
        entries.source_system,
        entries.source_object,
        entries.correlation_id,
        entries.time_entry_id as source_id,
        owners.legal_entity_id as owner_entity_id,
        raised.billing_event_id,
        invoiced.invoice_id,
        invoiced.billed_on,
        cast(entries.approved_at as date) as started_on,
        cast(entries.posted_at as date) as posted_on,
        'time|' || entries.source_system || ':' || entries.time_entry_id as item_key,
        'Time entry ' || entries.time_entry_id as item_name,
        posting_systems.source_system is not null as is_posting_recorded,
        entries.is_billable and coalesce(entries.contract_type, '') = 'time_and_materials' as is_sold_by_the_hour
    from {{ ref('fct_time_entry') }} as entries
    left join {{ ref('dim_contract_line') }} as owners
        on entries.contract_line_version_key_as_was = owners.contract_line_version_key
    left join posting_systems on entries.source_system = posting_systems.source_system
    left join raised on entries.time_entry_key = raised.time_entry_key
    left join invoiced on entries.time_entry_key = invoiced.item_id
    where entries.is_approved and not entries.is_after_as_of
),

begun as (
    select * from items
    where started_on is null or started_on <= {{ date_literal(var('as_of')) }}
)

{{ workflow_steps('begun', 'time_to_posting', [
    {
        'step': 'approved', 'recorded': "items.status <> 'not_recorded'", 'done': 'true', 'on': 'items.started_on',
        'at': 'items.approved_at', 'gap': 'the system records no approval', 'object': 'time_entry',
        'id': 'items.time_entry_id',
    },
    {
        'step': 'cost_posted', 'recorded': 'items.is_posting_recorded',
        'done': "items.status = 'posted' or items.posted_at is not null", 'on': 'items.posted_on',
        'at': 'items.posted_at', 'gap': 'the system marks no entry as posted', 'object': 'time_entry',
        'id': 'items.time_entry_id',
    },
    {
        'step': 'billable_transaction', 'recorded': is_delivered('billing_event'),
        'done': 'items.billing_event_id is not null', 'applies': 'items.is_sold_by_the_hour',
        'gap': 'no system delivers billing events', 'object': 'billing_event', 'id': 'items.billing_event_id',
    },
    {
        'step': 'invoiced', 'recorded': is_delivered('invoice'), 'done': 'items.invoice_id is not null',
        'on': 'items.billed_on', 'applies': 'items.is_sold_by_the_hour', 'gap': 'no system delivers invoices',
        'object': 'invoice', 'id': 'items.invoice_id',
    },
]) }}
