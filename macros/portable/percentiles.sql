{# The smallest value of the group that at least this share of its values does not exceed; null of nothing. #}
{% macro percentile(expression, share) -%}
    percentile_disc({{ share }}) within group (order by {{ expression }})
{%- endmacro %}
