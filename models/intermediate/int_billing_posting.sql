-- What stands on which invoice, whatever the invoice's state: one row per item, billing event and invoice. item_kind
-- time, expense and milestone go by the key of the record, period by line, kind and first day of a recurring fee (a
-- rebilled fee is raised again, as a new event of the same period). An entry or expense may name its invoice itself.
{{ config(meta={
    'rows_by': {'key': 'item_id', 'from': {'can_time_entry': 'entity_key'}},
    'reads': {'can_time_entry': ['entity_key', 'source_system', 'time_entry_id', 'invoice_id', 'is_deleted']},
}) }}

with events as (
    select * from {{ ref('can_billing_event') }}
    where not is_deleted
),

invoiced as (
    {{ invoices_of_events('events', ref('int_invoice_line')) }}
),

by_event as (
    {% for kind, entity in [('time', 'time_entry'), ('expense', 'expense'), ('milestone', 'milestone')] -%}
    select
        '{{ kind }}' as item_kind,
        records.entity_key as item_id,
        '{{ kind }}|' || records.source_system || ':' || records.{{ entity }}_id as item_reference,
        events.billing_event_id,
        events.source_system,
        invoiced.invoice_id,
        events.amount,
        events.currency,
        events.contract_line_id
    from events
    inner join invoiced on events.billing_event_id = invoiced.billing_event_id
    inner join {{ rows_of('can_' ~ entity, 'entity_key') }} as records
        on
            events.{{ entity }}_id = records.{{ entity }}_id
            and {{ same_system_or_reader('events', 'records', entity) }}
    where not records.is_deleted
    union all
    {% endfor -%}
    select
        'period' as item_kind,
        {{ billing_period('events') }} as item_id,
        'fee|' || {{ billing_period('events') }} as item_reference,
        events.billing_event_id,
        events.source_system,
        invoiced.invoice_id,
        events.amount,
        events.currency,
        events.contract_line_id
    from events
    inner join invoiced on events.billing_event_id = invoiced.billing_event_id
    where events.kind in ('retainer', 'subscription', 'usage') and events.contract_line_id is not null
),

-- the entry or expense itself may name its invoice
by_record as (
    {% for kind, entity in [('time', 'time_entry'), ('expense', 'expense')] -%}
    select
        '{{ kind }}' as item_kind,
        records.entity_key as item_id,
        '{{ kind }}|' || records.source_system || ':' || records.{{ entity }}_id as item_reference,
        records.source_system,
        records.invoice_id
    from {{ rows_of('can_' ~ entity, 'entity_key') }} as records
    where records.invoice_id is not null and not records.is_deleted
    {% if not loop.last %}union all{% endif %}
    {% endfor -%}
)

select *
from by_event
where {{ touched_keys('item_id') }}
union all
select
    by_record.item_kind,
    by_record.item_id,
    by_record.item_reference,
    cast(null as {{ dbt.type_string() }}) as billing_event_id,
    by_record.source_system,
    by_record.invoice_id,
    cast(null as numeric(28, 6)) as amount,
    cast(null as {{ dbt.type_string() }}) as currency,
    cast(null as {{ dbt.type_string() }}) as contract_line_id
from by_record
left join by_event
    on
        by_record.item_kind = by_event.item_kind
        and by_record.item_id = by_event.item_id
        and by_record.invoice_id = by_event.invoice_id
where by_event.item_id is null
