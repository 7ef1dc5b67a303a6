{# FY2026-P03 for a date and the first month of the fiscal year; the year is that in which the fiscal year ends. #}
{% macro fiscal_period_label(date_expression, start_month) -%}
    'FY' || cast(
        cast(extract(year from {{ date_expression }}) as integer)
        + case
            when {{ start_month }} > 1 and cast(extract(month from {{ date_expression }}) as integer) >= {{ start_month }} then 1
            else 0
        end as {{ dbt.type_string() }}
    ) || '-P' || right(
        '0' || cast(
            mod(cast(extract(month from {{ date_expression }}) as integer) - {{ start_month }} + 12, 12) + 1
            as {{ dbt.type_string() }}
        ), 2
    )
{%- endmacro %}
