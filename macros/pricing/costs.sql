{#
  costed(relation, day): the rows of a relation with the cost rate of their person on a day, by the narrowest level that
  has one: project and person, employment, person, role in an entity, role. The relation has employment_key,
  employee_key, role, legal_entity_id and, unless `of_project` is false, project_key. Adds cost_rate_key,
  cost_rate_level, cost_rate, cost_currency and minor_unit; no rate is null, never 0.
#}
{% macro costed(relation, day, of_project=true) %}
    {%- set levels = [
        ('of_employment', 2, relation ~ '.employment_key'),
        ('of_person', 3, relation ~ '.employee_key'),
        ('of_role_entity', 4, relation ~ ".role || '|' || " ~ relation ~ '.legal_entity_id'),
        ('of_role', 5, relation ~ '.role'),
    ] -%}
    {%- if of_project -%}
        {%- set levels = [
            ('on_project', 1, relation ~ ".project_key || '|' || " ~ relation ~ '.employee_key')
        ] + levels -%}
    {%- endif %}
    select
        {{ relation }}.*,
        {% for column, name in [
            ('cost_rate_key', 'cost_rate_key'), ('rate_level', 'cost_rate_level'), ('rate', 'cost_rate'),
            ('currency', 'cost_currency'),
        ] -%}
        coalesce({% for alias, _, _ in levels %}{{ alias }}.{{ column }}{{ ', ' if not loop.last }}{% endfor %}) as {{ name }},
        {% endfor -%}
        coalesce({% for alias, _, _ in levels %}{{ alias }}.minor_unit, {% endfor %}2) as minor_unit
    from {{ relation }}
    {% for alias, level, key in levels -%}
    left join {{ ref('dim_cost_rate') }} as {{ alias }}
        on
            {{ alias }}.rate_level = {{ level }}
            and {{ key }} = {{ alias }}.lookup_key
            and {{ relation }}.{{ day }} >= {{ alias }}.valid_from
            and {{ relation }}.{{ day }} < {{ alias }}.valid_to
    {% endfor %}
{% endmacro %}
