{# The key of a recurring fee: one item however often it was raised. #}
{% macro billing_period(events) -%}
    {{ events }}.contract_line_id || '|' || {{ events }}.kind
    || '|' || coalesce(cast({{ events }}.period_start as {{ dbt.type_string() }}), '')
{%- endmacro %}

{#
  unbilled(relation, item_kind): the rows of `relation` (item_id, live_from, live_to and more) cut to the days on which
  the item is on no live invoice. Gives all columns, with live_from and live_to replaced by unbilled_from, unbilled_to.
#}
{% macro unbilled(relation, item_kind) %}
    -- before the first stretch on an invoice, and after each until the next
    select
        items.*,
        items.live_from as unbilled_from,
        least(items.live_to, coalesce(billed.billed_from, {{ end_of_time() }})) as unbilled_to
    from {{ relation }} as items
    left join {{ ref('int_billed_interval') }} as billed
        on billed.item_kind = '{{ item_kind }}' and items.item_id = billed.item_id and billed.stretch = 1
    where items.live_from < least(items.live_to, coalesce(billed.billed_from, {{ end_of_time() }}))
    union all
    select
        items.*,
        greatest(items.live_from, billed.billed_to) as unbilled_from,
        least(items.live_to, coalesce(following.billed_from, {{ end_of_time() }})) as unbilled_to
    from {{ relation }} as items
    inner join {{ ref('int_billed_interval') }} as billed
        on billed.item_kind = '{{ item_kind }}' and items.item_id = billed.item_id
    left join {{ ref('int_billed_interval') }} as following
        on
            following.item_kind = '{{ item_kind }}'
            and items.item_id = following.item_id
            and billed.stretch + 1 = following.stretch
    where
        greatest(items.live_from, billed.billed_to)
        < least(items.live_to, coalesce(following.billed_from, {{ end_of_time() }}))
{% endmacro %}

{# Which invoices an event is on: it names the invoice or the invoice line, or is named by a line. Needs no order. #}
{% macro invoices_of_events(events, invoice_lines) %}
    select
        billing_event_id,
        invoice_id
    from {{ events }}
    where invoice_id is not null
    union
    select
        events.billing_event_id,
        invoice_lines.invoice_id
    from {{ events }} as events
    inner join {{ invoice_lines }} as invoice_lines on events.invoice_line_id = invoice_lines.invoice_line_id
    union
    select
        billing_event_id,
        invoice_id
    from {{ invoice_lines }}
    where billing_event_id is not null
{% endmacro %}
