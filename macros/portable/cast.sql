{# try_cast(text expression, type): null where the text is not a value of the type. #}
{% macro try_cast(expression, type) -%}
    {{ return(adapter.dispatch('try_cast', 'tieout')(expression, type)) }}
{%- endmacro %}

{% macro default__try_cast(expression, type) -%}
    try_cast({{ expression }} as {{ type }})
{%- endmacro %}

{# PostgreSQL has no try_cast: a helper made by install_postgres_helpers() catches the failure. #}
{% macro postgres__try_cast(expression, type) -%}
    public.tieout_try_cast({{ expression }}, null::{{ type }})::{{ type }}
{%- endmacro %}

{% macro install_postgres_helpers() %}
    {% if target.type == 'postgres' %}
        create or replace function public.tieout_try_cast(given text, inout result anyelement)
        language plpgsql immutable parallel unsafe as $function$
        begin
            execute format('select %L::%s', given, pg_typeof(result)) into result;
        exception when others then
            result := null;
        end $function$
    {% else %}
        select 1
    {% endif %}
{% endmacro %}

{# A type name of the canonical contract in the words of the engine. #}
{% macro engine_type(data_type) -%}
    {{ api.Column.translate_type(data_type) }}
{%- endmacro %}

{#
  cast_text(expression, data_type): text to a contract type, null where it cannot be.
  Dates and timestamps must be ISO (YYYY-MM-DD first): engines guess differently at other forms.
#}
{% macro cast_text(expression, data_type) -%}
    {%- if data_type == 'string' -%}
        {{ expression }}
    {%- elif data_type == 'date' -%}
        case
            when {{ expression }} like '____-__-__%'
                then {{ try_cast('substr(' ~ expression ~ ', 1, 10)', 'date') }}
        end
    {%- elif data_type == 'timestamp' -%}
        case when {{ expression }} like '____-__-__%' then {{ try_cast(timestamp_text(expression), 'timestamp') }} end
    {%- elif data_type == 'boolean' -%}
        case lower(trim({{ expression }}))
            when 'true' then true when 't' then true when '1' then true when 'yes' then true
            when 'false' then false when 'f' then false when '0' then false when 'no' then false
        end
    {%- elif data_type == 'integer' -%}
        {{ try_cast('trim(' ~ expression ~ ')', 'bigint') }}
    {%- else -%}
        case
            when lower({{ expression }}) not like '%n%' then {{ try_cast('trim(' ~ expression ~ ')', data_type) }}
        end
    {%- endif -%}
{%- endmacro %}

{# Without a zone an instant is UTC; a trailing Z is what PostgreSQL's timestamp ignores and DuckDB's rejects. #}
{% macro timestamp_text(expression) -%}
    replace(replace(trim({{ expression }}), 'Z', ''), 'T', ' ')
{%- endmacro %}
