-- Every payment, billing event and milestone of the canonical layer is in its fact once, with its amount.
{%- set facts = [
    ('payment', ['payment_id', 'invoice_id']),
    ('billing_event', ['billing_event_id']),
    ('milestone', ['milestone_id']),
] %}
with
{% for entity, keys in facts -%}
golden_{{ entity }} as (
    {{ golden_rows(entity, keys) }}
),

{% endfor -%}
canonical as (
    {% for entity, keys in facts -%}
    select
        '{{ entity }}' as entity,
        count(*) as records,
        coalesce(sum(amount), 0) as amount
    from golden_{{ entity }}
    {% if not loop.last %}union all{% endif %}
    {% endfor %}
),

facts as (
    {% for entity, keys in facts -%}
    select
        '{{ entity }}' as entity,
        count(*) as records,
        coalesce(sum(amount_transaction), 0) as amount
    from {{ ref('fct_' ~ entity) }}
    {% if not loop.last %}union all{% endif %}
    {% endfor %}
)

select
    canonical.entity,
    canonical.records as canonical_records,
    facts.records as fact_records,
    canonical.amount as canonical_amount,
    facts.amount as fact_amount
from canonical
inner join facts on canonical.entity = facts.entity
where canonical.records <> facts.records or canonical.amount <> facts.amount
