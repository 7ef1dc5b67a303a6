-- Every item of a check's population has an outcome, and no item has two: the check gives as many items as the table
-- that its metadata names as population holds.
{% for name in var('checks') %}
{%- set population = check_meta(name).get('population', {}) %}
select
    '{{ name }}' as check_name,
    expected.items as expected_items,
    found.items as found_items,
    found.row_count
from (
    select
        {% if population.get('second_key') -%}
        count(distinct {{ population.key }}) + count(distinct {{ population.second_key }}) as items
        {%- else -%}
        count(distinct {{ population.get('key', '1') }}) as items
        {%- endif %}
    from {{ relation_of(population.get('table', name)) }}
    where {{ population.get('where', 'true') | replace('today', date_literal(var('as_of'))) }}
) as expected
cross join (
    select
        count(distinct item_key) as items,
        count(*) as row_count
    from {{ ref(name) }}
) as found
where
    expected.items <> found.items
    {%- if check_meta(name).get('item_is_transaction') %}
    or found.items <> found.row_count
    {%- endif %}
{% if not loop.last %}union all{% endif %}
{% else %}
select 1 as check_name
where 1 = 0
{% endfor %}
