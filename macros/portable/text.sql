{# The piece of a text at a place (1 …, an expression) between delimiters; '' beyond the last. #}
{% macro text_piece(text, delimiter, place) -%}
    {{ return(adapter.dispatch('text_piece', 'tieout')(text, delimiter, place)) }}
{%- endmacro %}

{% macro default__text_piece(text, delimiter, place) -%}
    split_part({{ text }}, '{{ delimiter }}', {{ place }})
{%- endmacro %}
