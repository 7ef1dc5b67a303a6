{# The piece of a text at a place (1 …, an expression) between delimiters; '' beyond the last. #}
{% macro text_piece(text, delimiter, place) -%}
    {{ return(adapter.dispatch('text_piece', 'tieout')(text, delimiter, place)) }}
{%- endmacro %}

{% macro default__text_piece(text, delimiter, place) -%}
    split_part({{ text }}, '{{ delimiter }}', {{ place }})
{%- endmacro %}

{# Whether a text is one of a comma-separated list; blanks around the commas do not count. Null is in no list. #}
{% macro is_listed(text, list) -%}
    {{ return(adapter.dispatch('is_listed', 'tieout')(text, list)) }}
{%- endmacro %}

{% macro default__is_listed(text, list) -%}
    coalesce(
        position(
            ',' || {{ text }} || ',' in ',' || regexp_replace(trim({{ list }}), '\s*,\s*', ',', 'g') || ','
        ) > 0, false
    )
{%- endmacro %}

{# The texts of a group in one, in order, with a delimiter (a quoted literal). #}
{% macro listed(text, delimiter, order_by) -%}
    string_agg({{ text }}, {{ delimiter }} order by {{ order_by }})
{%- endmacro %}
