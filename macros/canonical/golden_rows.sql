{# golden_rows(entity, keys): one live row per key; where several systems know it, the first of the firm file speaks. #}
{% macro golden_rows(entity, keys) %}
    select *
    from (
        select
            records.*,
            row_number() over (
                partition by {% for key in keys %}records.{{ key }}, {% endfor %}1
                order by precedence.precedence, records.entity_key
            ) as place
        from {{ ref('can_' ~ entity) }} as records
        inner join ({{ system_precedence(entity) }}) as precedence
            on records.source_system = precedence.source_system
        where not records.is_deleted
    ) as ranked
    where place = 1
{% endmacro %}
