{#
  annual_value(price, start, beyond): the committed price of a term [start, beyond) a year. Under twelve months the whole;
  of whole months ÷ months × 12, else ÷ days × 365; six decimals. Null without a term.
#}
{% macro annual_value(price, start, beyond) -%}
    {%- set months -%}
        cast(
            (extract(year from {{ beyond }}) - extract(year from {{ start }})) * 12
            + extract(month from {{ beyond }}) - extract(month from {{ start }}) as integer
        )
    {%- endset -%}
    case
        when extract(day from {{ beyond }}) = extract(day from {{ start }})
            then case when {{ months }} < 12 then {{ price }} else {{ prorate(price, 12, months, 6) }} end
        when {{ days_between(start, beyond) }} < 365 then {{ price }}
        else {{ prorate(price, 365, days_between(start, beyond), 6) }}
    end
{%- endmacro %}
