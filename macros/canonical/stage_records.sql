{#
  Staging of a source object that is not a canonical entity: renamed, cast, one row per record of the current
  knowledge (a deleted record stays, marked), or every version of it with `history=true`.

  columns: list of {source, name, type, required}; `name` defaults to `source`, `type` to string.
  Every row that was received is there: one that cannot be used says so in unusable_column, unusable_value and
  unusable_reason, is listed in the system's rejects and is read by nobody else.
#}
{% macro stage_records(kind, object, columns, history=false) %}
    {%- set fields = [] -%}
    {%- for column in columns -%}
        {%- do fields.append({
            'source': column.source, 'name': column.get('name', column.source),
            'type': column.get('type', 'string'), 'required': column.get('required', false),
        }) -%}
    {%- endfor -%}
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

chosen as (
    select * from versions
    {%- if not history %}
    -- a closed version that no newer one replaced is a record that the source deleted
    where age = 1 and (_known_to is null or _is_deleted)
    {%- endif %}
),

trimmed as (
    select
        source_system, _native_key, _record_hash, _known_from, _known_to, _is_deleted, _load_id, _source_file,
        _row_number,
        {% for field in fields %}nullif(trim({{ field.source }}), '') as {{ field.source }}{{ ',' if not loop.last }}
        {% endfor %}
    from chosen
),

typed as (
    select
        trimmed.*,
        {% for field in fields %}{{ cast_text('trimmed.' ~ field.source, field.type) }} as typed_{{ field.name }},
        {% endfor -%}
        case
            {% for field in fields if field.required -%}
            when trimmed.{{ field.source }} is null then '{{ field.source }}'
            {% endfor -%}
            {% for field in fields if field.type != 'string' -%}
            when trimmed.{{ field.source }} is not null and {{ cast_text('trimmed.' ~ field.source, field.type) }} is null
                then '{{ field.source }}'
            {% endfor -%}
            when trimmed._native_key like 'null:%' then 'id'
        end as unusable_column
    from trimmed
),

judged as (
    select
        typed.*,
        case unusable_column
            {% for field in fields %}when '{{ field.source }}' then {{ field.source }}
            {% endfor -%}
        end as unusable_value
    from typed
)

select
    source_system,
    _native_key as source_id,
    {% for field in fields %}typed_{{ field.name }} as {{ field.name }},
    {% endfor -%}
    _known_from as known_from,
    _known_to as known_to,
    _known_to is not null and coalesce(_is_deleted, false) as is_deleted,
    _record_hash as record_hash,
    _load_id as load_id,
    _source_file as source_file,
    _row_number as source_row,
    unusable_column,
    unusable_value,
    case
        when unusable_column is null then null
        when unusable_value is null then 'missing'
        else 'not of the declared type'
    end as unusable_reason,
    {% if history -%}
    {{ surrogate_key(['source_system', '_native_key', '_known_from', '_record_hash']) }} as record_key
    {%- else -%}
    {{ surrogate_key(['source_system', '_native_key']) }} as record_key
    {%- endif %}
from judged
{% endmacro %}

{#
  reject_records(kind, models): the unusable rows of staged objects, in the shape of every system's rejects.
  models: {object name: relation}.
#}
{% macro reject_records(models) %}
    {%- for object, relation in models.items() %}
select
    source_system as system,
    '{{ object }}' as object,
    load_id,
    source_file,
    source_row,
    unusable_column as column_name,
    unusable_value as reject_value,
    unusable_reason as reason,
    'Correct the record in the source; the next refresh takes it.' as cure,
    source_id as native_key,
    false as is_duplicate
from {{ relation }}
where unusable_column is not null and not is_deleted
        {%- if not loop.last %}
union all
        {%- endif -%}
    {%- endfor -%}
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
