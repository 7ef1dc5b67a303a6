{#
  Staging of the objects of a system that has its own data model. What is taken of an object, under which name
  and as which type is said once, in the YAML of its stg_<kind>__<object>: each column with `data_type` and
  config.meta {source, required}; the model's config.meta may add `checks`, a list of {when, column, reason}
  with a condition on the renamed columns.

  A row is unusable when a required value is missing, a value is not of its type, or a check holds: it is left
  out of staging and listed by reject_records().
#}

{% macro staged_model(kind, object) -%}
    {%- set key = 'model.tieout.stg_' ~ kind ~ '__' ~ object -%}
    {%- if key not in graph.nodes -%}
        {{ exceptions.raise_compiler_error("There is no staging model of " ~ object ~ " (" ~ kind ~ ").") }}
    {%- endif -%}
    {{ return(graph.nodes[key]) }}
{%- endmacro %}

{# Columns that come from the object: {name, source, type, required}, in the order of the YAML. #}
{% macro staged_columns(kind, object) -%}
    {%- set fields = [] -%}
    {%- for name, column in staged_model(kind, object).columns.items() -%}
        {%- set meta = column.get('config', {}).get('meta') or column.get('meta') or {} -%}
        {%- if meta.get('source') -%}
            {%- do fields.append({
                'name': name, 'source': meta.source, 'type': column.data_type, 'required': meta.get('required', false),
            }) -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return(fields) }}
{%- endmacro %}

{% macro staged_checks(kind, object) -%}
    {%- set node = staged_model(kind, object) -%}
    {{ return((node.config.get('meta') or node.get('meta') or {}).get('checks', [])) }}
{%- endmacro %}

{#
  judged_records(kind, object, history): CTEs ending in `judged`: every version of each record (history), or the
  current one and the last of a deleted record; typed columns, their text as <name>__text, and a verdict
  'column: reason' on rows that cannot be used.
#}
{% macro judged_records(kind, object, history=false) %}
    {%- set fields = staged_columns(kind, object) -%}
with received as (
    {{ raw_union(kind, object, fields | map(attribute='source') | list) }}
),

versions as (
    select
        received.*,
        row_number() over (
            partition by source_system, _native_key
            order by _known_from desc, case when _known_to is null then 0 else 1 end, _known_to desc
        ) as age
    from received
),

trimmed as (
    select
        source_system, _native_key, _record_hash, _known_from, _known_to, _is_deleted, _load_id, _source_file,
        _row_number,
        {% for field in fields %}nullif(trim({{ field.source }}), '') as {{ field.name }}__text{{ ',' if not loop.last }}
        {% endfor %}
    from versions
    {%- if not history %}
    -- a closed version that no newer one replaced is a record that the source deleted
    where age = 1 and (_known_to is null or _is_deleted)
    {%- endif %}
),

typed as (
    select
        {% for field in fields %}{{ cast_text(field.name ~ '__text', field.type) }} as {{ field.name }},
        {% endfor -%}
        trimmed.*
    from trimmed
),

judged as (
    select
        typed.*,
        case
            when _native_key like 'null:%' then 'id: missing'
            {% for field in fields if field.required -%}
            when {{ field.name }}__text is null then '{{ field.source }}: missing'
            {% endfor -%}
            {% for field in fields if field.type != 'string' -%}
            when {{ field.name }}__text is not null and {{ field.name }} is null
                then '{{ field.source }}: not {{ type_words(field.type) }}'
            {% endfor -%}
            {% for check in staged_checks(kind, object) -%}
            when {{ check.when }} then '{{ check.column }}: {{ check.reason }}'
            {% endfor -%}
        end as verdict
    from typed
)
{% endmacro %}

{# stage_records(kind, object): one usable row per record; a deleted record stays, marked. #}
{% macro stage_records(kind, object) %}
    {%- if execute -%}
{{ judged_records(kind, object) }}

{{ staged_select(kind, object) }}
    {%- else -%}
select 1 as placeholder
    {%- endif -%}
{% endmacro %}

{# stage_versions(kind, object): one usable row per record and version that was ever known. #}
{% macro stage_versions(kind, object) %}
    {%- if execute -%}
{{ judged_records(kind, object, history=true) }}

{{ staged_select(kind, object) }}
    {%- else -%}
select 1 as placeholder
    {%- endif -%}
{% endmacro %}

{% macro staged_select(kind, object) %}
select
    source_system,
    _native_key as source_id,
    {% for field in staged_columns(kind, object) %}{{ field.name }},
    {% endfor -%}
    _known_from as known_from,
    _known_to as known_to,
    _known_to is not null and coalesce(_is_deleted, false) as is_deleted,
    _record_hash as record_hash,
    _load_id as load_id,
    _source_file as source_file,
    _row_number as source_row
from judged
where verdict is null
{%- endmacro %}

{# reject_records(kind, objects): the rows that cannot be used, in the shape of every kind's rejects. #}
{% macro reject_records(kind, objects) %}
    {%- if execute -%}
        {%- for object in objects %}
select
    source_system as system,
    '{{ object }}' as object,
    _load_id as load_id,
    _source_file as source_file,
    _row_number as source_row,
    substr(verdict, 1, position(':' in verdict) - 1) as column_name,
    case substr(verdict, 1, position(':' in verdict) - 1)
        {% for source, fields in staged_columns(kind, object) | groupby('source') %}when '{{ source }}' then {{ fields[0].name }}__text
        {% endfor -%}
    end as reject_value,
    substr(verdict, position(':' in verdict) + 2) as reason,
    'Correct the record in the source system; the next refresh takes it.' as cure,
    cast(null as {{ dbt.type_string() }}) as also_wrong,
    _native_key as native_key,
    false as is_duplicate
from (
    {{ judged_records(kind, object) }}
    select * from judged
    where verdict is not null and _known_to is null
) as {{ object }}
            {%- if not loop.last %}
union all
            {%- endif -%}
        {%- endfor -%}
    {%- else -%}
select 1 as placeholder
    {%- endif -%}
{% endmacro %}

{# Where a canonical row came from: the common columns of the contract, from a staged record. #}
{% macro record_columns(alias, object, source_id=none, quality_flags=none, valid_from=none, valid_to=none) -%}
    {{ alias }}.source_system,
    '{{ object }}' as source_object,
    {{ source_id or alias ~ '.source_id' }} as source_id,
    cast(null as {{ dbt.type_string() }}) as source_version,
    cast(null as {{ dbt.type_string() }}) as source_url,
    cast(null as {{ dbt.type_string() }}) as correlation_id,
    {{ source_id or alias ~ '.source_id' }} as idempotency_key,
    {{ valid_from or 'cast(null as date)' }} as valid_from,
    {{ valid_to or 'cast(null as date)' }} as valid_to,
    {{ alias }}.known_from,
    {{ alias }}.known_to,
    {{ alias }}.known_from as loaded_at,
    {{ alias }}.record_hash,
    {{ alias }}.is_deleted,
    {{ alias }}.load_id,
    {{ alias }}.source_file,
    {{ alias }}.source_row,
    {{ quality_flags or 'cast(null as ' ~ dbt.type_string() ~ ')' }} as quality_flags
{%- endmacro %}
