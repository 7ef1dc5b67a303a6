-- Which metrics the breaks of each check make uncertain: the list in the check's metadata, one row per metric.
{%- set rows = [] -%}
{%- for name in var('checks') -%}
    {%- for touch in check_touches(name) -%}
        {%- do rows.append((check_meta(name).get('check'), touch)) -%}
    {%- endfor -%}
{%- endfor %}
{% for check_id, touch in rows -%}
select
    {{ text_literal(check_id) }} as check_id,
    {{ text_literal(touch.metric) }} as metric,
    {{ text_literal(touch.counts) }} as counts,
    {{ 'true' if touch.is_missing else 'false' }} as is_missing
{% if not loop.last %}union all
{% endif -%}
{% else -%}
select
    cast(null as {{ dbt.type_string() }}) as check_id,
    cast(null as {{ dbt.type_string() }}) as metric,
    cast(null as {{ dbt.type_string() }}) as counts,
    false as is_missing
where 1 = 0
{%- endfor %}
