-- When an item was billed: one row per item and uninterrupted stretch on live invoices. item_kind time, expense and
-- milestone go by the id of the item, period by line, kind and first day of a recurring fee (a rebilled fee is raised
-- again, as a new event of the same period).
with events as (
    select * from {{ ref('can_billing_event') }}
    where not is_deleted
),

invoiced as (
    {{ invoices_of_events('events', ref('int_invoice_line')) }}
),

named as (
    {% for kind, entity in [('time', 'time_entry'), ('expense', 'expense'), ('milestone', 'milestone')] -%}
    select
        '{{ kind }}' as item_kind,
        records.entity_key as item_id,
        invoiced.invoice_id
    from events
    inner join invoiced on events.billing_event_id = invoiced.billing_event_id
    inner join {{ ref('can_' ~ entity) }} as records
        on
            events.{{ entity }}_id = records.{{ entity }}_id
            and {{ same_system_or_reader('events', 'records', entity) }}
    where not records.is_deleted
    union all
    {% endfor -%}
    -- the entry or expense itself may name its invoice
    {% for kind, entity in [('time', 'time_entry'), ('expense', 'expense')] -%}
    select
        '{{ kind }}' as item_kind,
        entity_key as item_id,
        invoice_id
    from {{ ref('can_' ~ entity) }}
    where invoice_id is not null and not is_deleted
    union all
    {% endfor -%}
    select
        'period' as item_kind,
        {{ billing_period('events') }} as item_id,
        invoiced.invoice_id
    from events
    inner join invoiced on events.billing_event_id = invoiced.billing_event_id
    where events.kind in ('retainer', 'subscription', 'usage') and events.contract_line_id is not null
),

spans as (
    select
        named.item_kind,
        named.item_id,
        invoices.billed_from,
        invoices.billed_to,
        max(invoices.billed_to) over (
            partition by named.item_kind, named.item_id order by invoices.billed_from, invoices.billed_to
            rows between unbounded preceding and 1 preceding
        ) as billed_before_to
    from named
    inner join {{ ref('int_invoice_span') }} as invoices on named.invoice_id = invoices.invoice_id
),

numbered as (
    select
        spans.*,
        sum(case when spans.billed_before_to is null or spans.billed_from > spans.billed_before_to then 1 else 0 end)
            over (
                partition by spans.item_kind, spans.item_id order by spans.billed_from, spans.billed_to
                rows between unbounded preceding and current row
            ) as stretch
    from spans
)

select
    item_kind,
    item_id,
    stretch,
    min(billed_from) as billed_from,
    max(billed_to) as billed_to
from numbered
group by item_kind, item_id, stretch
