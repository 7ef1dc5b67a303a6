{#
  workflow_steps(items, workflow, steps): one row per item of the relation `items` and step of a workflow that applies to
  it. `items` has item_key, item_name, owner_entity_id, started_on and the columns that the steps name.

  A step is a mapping of SQL expressions over `items`:
    step      its name
    recorded  whether the firm's records can tell that it happened at all
    done      whether they do
    on, at    day and instant on which it happened; left out where no record keeps the time
    applies   whether the item has the step; left out where every item has it
    gap       why it is not recorded, in words
    object, id  the record that shows it

  What happened after the as-of date has not happened yet. `first_waiting` is the step at which the item stopped.
#}
{% macro workflow_steps(items, workflow, steps) %}
    {%- set as_of = date_literal(var('as_of')) -%}
    {%- set text = dbt.type_string() -%}
    {%- set states = [] -%}
    {%- for step in steps -%}
        {%- set in_time -%}
            {%- if step.on is defined %} and ({{ step.on }} is null or {{ step.on }} <= {{ as_of }}){% endif -%}
        {%- endset -%}
        {%- set state -%}
            case when not ({{ step.recorded }}) then 'not_recorded' when ({{ step.done }}){{ in_time }} then 'done' else 'waiting' end
        {%- endset -%}
        {%- do states.append(state) -%}
    {%- endfor %}
    select
        '{{ workflow }}' as workflow,
        steps.step_order,
        steps.step,
        items.item_key,
        items.item_name,
        items.owner_entity_id,
        items.started_on,
        case steps.step_order
            {%- for state in states %}
            when {{ loop.index }} then {{ state }}
            {%- endfor %}
        end as state,
        case steps.step_order
            {%- for step in steps %}
            when {{ loop.index }} then {% if step.on is defined -%}
                case when ({{ step.recorded }}) and ({{ step.done }}) and {{ step.on }} <= {{ as_of }} then {{ step.on }} end
            {%- else %}cast(null as date){% endif %}
            {%- endfor %}
        end as happened_on,
        case steps.step_order
            {%- for step in steps %}
            when {{ loop.index }} then {% if step.at is defined -%}
                case when ({{ step.recorded }}) and ({{ step.done }}) and {{ step.on }} <= {{ as_of }} then {{ step.at }} end
            {%- else %}cast(null as timestamp){% endif %}
            {%- endfor %}
        end as happened_at,
        case steps.step_order
            {%- for step in steps %}
            when {{ loop.index }} then case when not ({{ step.recorded }}) then '{{ step.gap }}' end
            {%- endfor %}
        end as gap,
        case steps.step_order
            {%- for step in steps %}
            when {{ loop.index }} then {{ "'" ~ step.object ~ "'" }}
            {%- endfor %}
        end as evidence_object,
        case steps.step_order
            {%- for step in steps %}
            when {{ loop.index }} then case when ({{ step.recorded }}) and ({{ step.done }}) then cast({{ step.id }} as {{ text }}) end
            {%- endfor %}
        end as evidence_id,
        coalesce(
            {%- for step in steps %}
            case when {{ step.applies | default('true') }} and {{ states[loop.index0] }} = 'waiting' then {{ loop.index }} end,
            {%- endfor %}
            0
        ) as first_waiting,
        items.source_system,
        items.source_object,
        items.source_id,
        items.correlation_id
    from {{ items }} as items
    cross join (
        {%- for step in steps %}
        select
            {{ loop.index }} as step_order,
            '{{ step.step }}' as step
        {% if not loop.last %}union all{% endif %}
        {%- endfor %}
    ) as steps
    where
        case steps.step_order
            {%- for step in steps %}
            when {{ loop.index }} then {{ step.applies | default('true') }}
            {%- endfor %}
        end
{% endmacro %}

{# The live posted invoice that an item of this kind stands on at the as-of date: item_id, invoice_id, billed_on. #}
{% macro invoiced_items(item_kind) %}
    select
        postings.item_id,
        min(postings.invoice_id) as invoice_id,
        min(spans.billed_from) as billed_on
    from {{ ref('int_billing_posting') }} as postings
    inner join {{ ref('int_invoice_span') }} as spans on postings.invoice_id = spans.invoice_id
    where
        postings.item_kind = '{{ item_kind }}'
        and spans.billed_from <= {{ date_literal(var('as_of')) }}
        and spans.billed_to > {{ date_literal(var('as_of')) }}
    group by postings.item_id
{% endmacro %}

{# Systems that deliver people and plan their work or record their time, in order of precedence. #}
{% macro delivery_systems() -%}
    {%- set found = [] -%}
    {%- set working = systems_feeding('time_entry') + systems_feeding('assignment') -%}
    {%- for system in systems_feeding('employee') if system in working -%}{%- do found.append(system) -%}{%- endfor -%}
    {{ return(found) }}
{%- endmacro %}

{# Names of systems as SQL text; of none, one that no system has. #}
{% macro delivery_list(systems) -%}
    '{{ (systems or ['']) | join("', '") }}'
{%- endmacro %}

{# Whether one of the systems is another than the one that the column names. #}
{% macro other_delivery_system(systems, column) -%}
    {%- if systems | length > 1 -%} true
    {%- elif systems -%} {{ column }} <> '{{ systems[0] }}'
    {%- else -%} false
    {%- endif -%}
{%- endmacro %}
