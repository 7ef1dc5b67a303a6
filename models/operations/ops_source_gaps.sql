{% set gaps = [] -%}
{%- for system in var('systems') -%}
    {%- for sentence in system.get('does_not_record', []) -%}
        {%- do gaps.append((system.name, sentence)) -%}
    {%- endfor -%}
{%- endfor -%}
{%- if gaps -%}
    {%- for name, sentence in gaps %}
select '{{ name }}' as system, '{{ sentence | replace("'", "''") }}' as sentence{% if not loop.last %}
union all{% endif %}
    {%- endfor -%}
{%- else %}
select
    cast(null as {{ dbt.type_string() }}) as system,
    cast(null as {{ dbt.type_string() }}) as sentence
where 1 = 0
{%- endif -%}
