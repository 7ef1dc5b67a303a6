{# local_time(instant, zone): wall-clock time in a named zone of a UTC timestamp without zone. #}
{% macro local_time(instant, zone) -%}
    {{ return(adapter.dispatch('local_time', 'tieout')(instant, zone)) }}
{%- endmacro %}

{% macro default__local_time(instant, zone) -%}
    (({{ instant }} at time zone 'UTC') at time zone {{ zone }})
{%- endmacro %}

{% macro spark__local_time(instant, zone) -%}
    from_utc_timestamp({{ instant }}, {{ zone }})
{%- endmacro %}
