{#
  golden_rows(entity, keys, spoken_for): one live row per key; where several systems know it, the first of the firm file
  speaks. With `spoken_for` it speaks for all keys that agree in these columns: of a contract line that two systems
  number differently, all versions come from one of them.
#}
{% macro golden_rows(entity, keys, spoken_for=[]) %}
    select *
    from (
        select
            records.*,
            {% if spoken_for -%}
            precedence.precedence - min(precedence.precedence) over (
                partition by {% for key in spoken_for %}records.{{ key }}{{ ', ' if not loop.last }}{% endfor %}
            ) as deference,
            {% endif -%}
            row_number() over (
                partition by {% for key in keys %}records.{{ key }}, {% endfor %}1
                order by precedence.precedence, records.entity_key
            ) as place
        from {{ ref('can_' ~ entity) }} as records
        inner join ({{ system_precedence(entity) }}) as precedence
            on records.source_system = precedence.source_system
        where not records.is_deleted
    ) as ranked
    where place = 1{{ ' and deference = 0' if spoken_for }}
{% endmacro %}
