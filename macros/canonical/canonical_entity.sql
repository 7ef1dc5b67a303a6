{#
  canonical_entity(entity): the union, by name, of what each system delivers for an entity.
  A system of kind `files` delivers stg_files__<entity>, any other kind int_<kind>__<entity>.
  A column that such a model lacks fails here, at compile time, with its name.
#}
{% macro canonical_entity(entity) %}
    {%- set kinds = [] -%}
    {%- for name in systems_feeding(entity) -%}
        {%- set kind = kind_of(name) -%}
        {%- if kind not in kinds -%}{%- do kinds.append(kind) -%}{%- endif -%}
    {%- endfor -%}
    {%- set relations = {} -%}
    {%- for kind in kinds -%}
        {%- do relations.update({kind: ref(('stg_files__' if kind == 'files' else 'int_' ~ kind ~ '__') ~ entity)}) -%}
    {%- endfor -%}
    {%- if execute -%}
        {%- set contract = contract_node(entity).columns -%}
        {%- for kind in kinds -%}
            {{ check_delivers(entity, relations[kind], contract) }}
        {%- endfor -%}
        {%- if kinds -%}
            {%- for kind in kinds %}
select
    {{ surrogate_key(["source_system", "'" ~ entity ~ "'", "source_id"]) }} as entity_key,
                {%- for name, column in contract.items() if name != 'entity_key' %}
    cast({{ name }} as {{ engine_type(column.data_type) }}) as {{ name }}{{ ',' if not loop.last }}
                {%- endfor %}
from {{ rows_of_staging(kind, entity, relations[kind]) }}
where source_system in ({% for name in systems_feeding(entity) %}'{{ name }}'{{ ', ' if not loop.last }}{% endfor %})
                {%- if not loop.last %}
union all
                {%- endif -%}
            {%- endfor -%}
        {%- else %}
select
            {%- for name, column in contract.items() %}
    cast(null as {{ engine_type(column.data_type) }}) as {{ name }}{{ ',' if not loop.last }}
            {%- endfor %}
where 1 = 0
        {%- endif -%}
    {%- endif -%}
{% endmacro %}

{#
  The staging of an entity, or where rows are replaced that of the touched records alone. A view of a drop folder judges
  every record before it could give one, so its text is written out around the records.
#}
{% macro rows_of_staging(kind, entity, relation) -%}
    {%- if how_to_build() != 'rows' -%}
        {{ relation }}
    {%- elif kind == 'files' -%}
        ({{ stage_files(entity) }}) as staged
    {%- else -%}
        (select * from {{ relation }} where {{ touched_keys("source_system || ':' || source_id") }}) as staged
    {%- endif -%}
{%- endmacro %}

{% macro check_delivers(entity, relation, contract) -%}
    {%- set delivered = adapter.get_columns_in_relation(relation) | map(attribute='name') | map('lower') | list -%}
    {%- set missing = [] -%}
    {%- for name in contract if name != 'entity_key' and name not in delivered -%}
        {%- do missing.append(name) -%}
    {%- endfor -%}
    {# before its first build the relation has no columns to compare #}
    {%- if delivered and missing -%}
        {{ exceptions.raise_compiler_error(
            relation.identifier ~ " must deliver every column of the canonical contract of " ~ entity
            ~ "; missing: " ~ missing | join(', ')
        ) }}
    {%- endif -%}
{%- endmacro %}
