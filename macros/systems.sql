{# Systems of the firm file, and where their raw history lies. #}

{% macro raw_relation(system, object) -%}
    {{ api.Relation.create(database=target.database, schema='raw_' ~ system, identifier=object) }}
{%- endmacro %}

{% macro systems_of_kind(kind) -%}
    {%- set found = [] -%}
    {%- for system in var('systems') -%}
        {%- if system.kind == kind -%}{%- do found.append(system.name) -%}{%- endif -%}
    {%- endfor -%}
    {{ return(found) }}
{%- endmacro %}

{#
  systems_feeding(entity): names of the systems that deliver an entity, in order of precedence:
  the firm file's `domains` first, else every system that has rows for the entity, in file order.
#}
{% macro systems_feeding(entity) -%}
    {%- set found = [] -%}
    {%- set having = [] -%}
    {%- for system in var('systems') if entity in system.get('entities', []) -%}
        {%- do having.append(system.name) -%}
    {%- endfor -%}
    {%- for name in var('domains').get(entity, having) if name in having -%}{%- do found.append(name) -%}{%- endfor -%}
    {{ return(found) }}
{%- endmacro %}

{# true where some system of the firm delivers the entity: only then can a reference to it be missing. #}
{% macro is_delivered(entity) -%}
    {{ 'true' if systems_feeding(entity) else 'false' }}
{%- endmacro %}

{% macro kind_of(system_name) -%}
    {%- for system in var('systems') if system.name == system_name -%}{{ return(system.kind) }}{%- endfor -%}
    {{ exceptions.raise_compiler_error("No system named " ~ system_name ~ " in the firm file.") }}
{%- endmacro %}

{# (source_system, precedence) of the systems feeding an entity, 1 = golden. #}
{% macro system_precedence(entity) %}
    {%- set systems = systems_feeding(entity) -%}
    {%- if systems -%}
        {%- for name in systems %}
    select '{{ name }}' as source_system, {{ loop.index }} as precedence{% if not loop.last %} union all{% endif %}
        {%- endfor -%}
    {%- else %}
    select cast(null as {{ dbt.type_string() }}) as source_system, 0 as precedence where 1 = 0
    {%- endif -%}
{% endmacro %}

{#
  raw_union(kind, object, columns): rows of one object over all systems of a kind, with `source_system`
  and the history columns; duplicates within a load (`_occurrence` above 1) are left out.
  Without such a system: no rows, same columns, so that the project parses and lints alone.
#}
{% macro raw_union(kind, object, columns) %}
    {%- set systems = systems_of_kind(kind) -%}
    {%- if systems -%}
        {%- for name in systems %}
    select
        '{{ name }}' as source_system,
        {% for column in columns %}{{ adapter.quote(column) }} as {{ column }},
        {% endfor -%}
        _native_key, _occurrence, _record_hash, _known_from, _known_to, _is_deleted,
        _load_id, _closed_by_load_id, _source_file, _row_number
    from {{ raw_relation(name, object) }}
    where _occurrence = 1{% if not loop.last %}
    union all{% endif %}
        {%- endfor -%}
    {%- else %}
    select
        cast(null as {{ dbt.type_string() }}) as source_system,
        {% for column in columns %}cast(null as {{ dbt.type_string() }}) as {{ column }},
        {% endfor -%}
        cast(null as {{ dbt.type_string() }}) as _native_key, cast(null as bigint) as _occurrence,
        cast(null as {{ dbt.type_string() }}) as _record_hash, cast(null as timestamp) as _known_from,
        cast(null as timestamp) as _known_to, cast(null as boolean) as _is_deleted,
        cast(null as {{ dbt.type_string() }}) as _load_id, cast(null as {{ dbt.type_string() }}) as _closed_by_load_id,
        cast(null as {{ dbt.type_string() }}) as _source_file, cast(null as bigint) as _row_number
    where 1 = 0
    {%- endif -%}
{% endmacro %}

{#
  A record that names another by its id means that of its own system; one of a system that delivers no such entity
  means whichever system has the id.
#}
{% macro same_system_or_reader(naming, named, entity) -%}
    (
        {{ naming }}.source_system = {{ named }}.source_system
        {%- for system in systems_feeding(entity) %}{% if loop.first %}
        or {{ naming }}.source_system not in ({% endif %}'{{ system }}'{{ ')' if loop.last else ', ' }}
        {%- endfor %}
    )
{%- endmacro %}
