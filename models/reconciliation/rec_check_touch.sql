-- Which metrics the breaks of each check make uncertain: the list in the check's metadata, one row per metric.
{%- set rows = [] -%}
{%- for name in var('checks') -%}
    {%- for metric in check_meta(name).get('touches', []) -%}
        {%- do rows.append((check_meta(name).get('check'), metric)) -%}
    {%- endfor -%}
{%- endfor %}
{% for check_id, metric in rows -%}
select
    {{ text_literal(check_id) }} as check_id,
    {{ text_literal(metric) }} as metric
{% if not loop.last %}union all
{% endif -%}
{% else -%}
select
    cast(null as {{ dbt.type_string() }}) as check_id,
    cast(null as {{ dbt.type_string() }}) as metric
where 1 = 0
{%- endfor %}
