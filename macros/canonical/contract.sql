{# The canonical contract is the YAML of models/canonical: these read it back at compile time. #}

{% macro contract_node(entity) -%}
    {%- set key = 'model.tieout.can_' ~ entity -%}
    {%- if key not in graph.nodes -%}
        {{ exceptions.raise_compiler_error("No canonical entity named " ~ entity ~ ".") }}
    {%- endif -%}
    {{ return(graph.nodes[key]) }}
{%- endmacro %}

{% macro common_columns() -%}
    {{ return([
        'entity_key', 'source_system', 'source_object', 'source_id', 'source_version', 'source_url', 'correlation_id',
        'idempotency_key', 'valid_from', 'valid_to', 'known_from', 'known_to', 'loaded_at', 'record_hash',
        'is_deleted', 'load_id', 'source_file', 'source_row', 'quality_flags',
    ]) }}
{%- endmacro %}

{#
  entity_columns(entity): the entity's own columns, in order:
  {name, data_type, key, required, allowed, minimum, maximum}; without the columns that every entity has. A number
  has bounds even where the contract names none: those within which it can be stored and converted.
#}
{% macro entity_columns(entity) -%}
    {%- set columns = [] -%}
    {%- for name, column in contract_node(entity).columns.items() if name not in common_columns() -%}
        {%- set meta = column.get('config', {}).get('meta') or column.get('meta') or {} -%}
        {%- set largest = largest_number(column.data_type) -%}
        {%- do columns.append({
            'name': name, 'data_type': column.data_type, 'key': meta.get('key', false),
            'required': meta.get('required', false), 'allowed': meta.get('allowed', []),
            'minimum': meta.get('minimum', -largest if largest is not none else none),
            'maximum': meta.get('maximum', largest),
        }) -%}
    {%- endfor -%}
    {{ return(columns) }}
{%- endmacro %}

{# The largest number of a type that the engines store and the macros of money convert; none for other types. #}
{% macro largest_number(data_type) -%}
    {%- if data_type == 'integer' -%}
        {{ return(2147483647) }}
    {%- elif data_type == 'numeric(28,6)' -%}
        {{ return(99999999999998) }}
    {%- endif -%}
    {{ return(none) }}
{%- endmacro %}

{% macro effective_dating(entity) -%}
    {%- set node = contract_node(entity) -%}
    {{ return((node.config.get('meta') or node.get('meta') or {}).get('effective_dated', 'none')) }}
{%- endmacro %}
