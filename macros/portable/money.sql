{#
  Decimal arithmetic that stays decimal. A chain of decimal factors overflows into an error or a
  floating-point number on some engines, and division is floating point on DuckDB, so every product
  and quotient of money goes through these. Rounding is half away from zero everywhere.
#}

{# amount × factor: amount up to numeric(20,6), factor up to numeric(18,10); six decimals. #}
{% macro multiply_rate(amount, factor) -%}
    cast(cast({{ amount }} as numeric(20, 6)) * cast({{ factor }} as numeric(18, 10)) as numeric(28, 6))
{%- endmacro %}

{# hours × rate, both at most numeric(18,6), rounded to `digits` (0 … 4) decimals of the currency. #}
{% macro price_line(hours, rate, digits) -%}
    cast(
        case {{ digits }}
            when 0 then round({{ exact_product(hours, rate) }}, 0)
            when 1 then round({{ exact_product(hours, rate) }}, 1)
            when 3 then round({{ exact_product(hours, rate) }}, 3)
            when 4 then round({{ exact_product(hours, rate) }}, 4)
            else round({{ exact_product(hours, rate) }}, 2)
        end as numeric(28, 6)
    )
{%- endmacro %}

{% macro exact_product(left, right) -%}
    (cast({{ left }} as numeric(18, 6)) * cast({{ right }} as numeric(18, 6)))
{%- endmacro %}

{# numerator / denominator of positive decimals, rounded to ten decimals; null where the denominator is 0. #}
{% macro divide_rate(numerator, denominator) -%}
    {{ return(adapter.dispatch('divide_rate', 'tieout')(numerator, denominator)) }}
{%- endmacro %}

{% macro default__divide_rate(numerator, denominator) -%}
    cast(round(cast({{ numerator }} as numeric(38, 20)) / nullif({{ denominator }}, 0), 10) as numeric(28, 10))
{%- endmacro %}

{# DuckDB divides decimals as doubles: integer division of scaled 128-bit numbers instead, plus half the divisor. #}
{% macro duckdb__divide_rate(numerator, denominator) -%}
    cast(
        cast(
            (
                cast(cast({{ numerator }} as numeric(28, 10)) * 10000000000 as hugeint) * 10000000000
                + cast(cast({{ denominator }} as numeric(28, 10)) * 10000000000 as hugeint) // 2
            ) // nullif(cast(cast({{ denominator }} as numeric(28, 10)) * 10000000000 as hugeint), 0)
            as numeric(38, 0)
        ) * cast(0.0000000001 as numeric(11, 10)) as numeric(28, 10)
    )
{%- endmacro %}

{# rate × rate, rounded to ten decimals. #}
{% macro multiply_rates(left, right) -%}
    cast(cast({{ left }} as numeric(19, 10)) * cast({{ right }} as numeric(18, 10)) as numeric(28, 10))
{%- endmacro %}
