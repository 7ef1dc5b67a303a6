{#
  Decimal arithmetic that stays decimal. A chain of decimal factors overflows into an error or a
  floating-point number on some engines, and division is floating point on DuckDB, so every product
  and quotient of money goes through these. Rounding is half away from zero everywhere. What is too large to be
  money (a mistyped rate, a time stamp for hours) gives null, as a missing rate does, and never an error.
#}

{# amount × factor: amount up to numeric(20,6), factor up to numeric(18,10); six decimals. #}
{% macro multiply_rate(amount, factor) -%}
    case
        when abs({{ amount }}) < 99999999999999 and abs({{ factor }}) < 99999999
            then cast(cast({{ amount }} as numeric(20, 6)) * cast({{ factor }} as numeric(18, 10)) as numeric(28, 6))
    end
{%- endmacro %}

{# hours × rate, rounded to `digits` (0 … 4) decimals of the currency. #}
{% macro price_line(hours, rate, digits) -%}
    case
        when abs({{ hours }}) > 999999999 or abs({{ rate }}) > 999999999999 then null
        when {{ digits }} = 0 then {{ rounded_product(hours, rate, 0) }}
        when {{ digits }} = 1 then {{ rounded_product(hours, rate, 1) }}
        when {{ digits }} = 3 then {{ rounded_product(hours, rate, 3) }}
        when {{ digits }} = 4 then {{ rounded_product(hours, rate, 4) }}
        else {{ rounded_product(hours, rate, 2) }}
    end
{%- endmacro %}

{# Each branch of a case has the same scale: of several, DuckDB takes the smallest when they are 38 digits wide. #}
{% macro rounded_product(hours, rate, digits) -%}
    cast(round({{ exact_product(hours, rate) }}, {{ digits }}) as numeric(28, 6))
{%- endmacro %}

{# Nineteen digits on both sides: DuckDB keeps the product of two decimals of up to 18 in 64 bits, which 16 hours at
   600,000 rupiah overflow. #}
{% macro exact_product(left, right) -%}
    (cast({{ left }} as numeric(19, 6)) * cast({{ right }} as numeric(19, 6)))
{%- endmacro %}

{# quantity × price of one, a price of up to ten decimals, rounded to `digits` (0 … 4) decimals of the currency. #}
{% macro price_units(quantity, unit_price, digits) -%}
    case
        when abs({{ quantity }}) > 999999999 or abs({{ unit_price }}) > 999999999 then null
        {% for places in [0, 1, 3, 4] -%}
            when {{ digits }} = {{ places }}
                then cast(round({{ exact_unit_product(quantity, unit_price) }}, {{ places }}) as numeric(28, 6))
        {% endfor -%}
        else cast(round({{ exact_unit_product(quantity, unit_price) }}, 2) as numeric(28, 6))
    end
{%- endmacro %}

{# amount × rate, rounded to ten decimals: an amount on its way to another factor. #}
{% macro convert_exactly(amount, rate) -%}
    case
        when abs({{ amount }}) < 999999999 and abs({{ rate }}) < 99999999
            then cast(round({{ exact_unit_product(amount, rate) }}, 10) as numeric(28, 10))
    end
{%- endmacro %}

{% macro exact_unit_product(left, right) -%}
    (cast({{ left }} as numeric(19, 6)) * cast({{ right }} as numeric(19, 10)))
{%- endmacro %}

{# numerator / denominator of positive decimals, rounded to ten decimals; null where the denominator is 0, and where the
   numerator or the quotient is too large to be money. #}
{% macro divide_rate(numerator, denominator) -%}
    case
        when
            abs(cast({{ numerator }} as float8)) < 999999999999999
            and abs(cast({{ numerator }} as float8)) < abs(cast({{ denominator }} as float8)) * 99999999999999999
            then {{ adapter.dispatch('divide_rate', 'tieout')(numerator, denominator) }}
    end
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
    case
        when {{ left }} < 999999999 and {{ right }} < 99999999
            then cast(cast({{ left }} as numeric(19, 10)) * cast({{ right }} as numeric(18, 10)) as numeric(28, 10))
    end
{%- endmacro %}

{# amount × part / whole of whole numbers, rounded to `digits` (0 … 6) decimals; null where whole is not above 0. #}
{% macro prorate(amount, part, whole, digits) -%}
    {{ return(adapter.dispatch('prorate', 'tieout')(amount, part, whole, digits)) }}
{%- endmacro %}

{% macro default__prorate(amount, part, whole, digits) -%}
    case
        when abs({{ amount }}) < 99999999999999 and {{ whole }} > 0 and abs({{ part }}) < 99999999
            then cast(round(cast({{ amount }} as numeric(38, 20)) * ({{ part }}) / ({{ whole }}), {{ digits }}) as numeric(28, 6))
    end
{%- endmacro %}

{# DuckDB divides decimals as doubles: whole numbers of 128 bits instead, plus half the divisor. #}
{% macro duckdb__prorate(amount, part, whole, digits) -%}
    {%- set scale -%}
        (case {{ digits }} when 0 then 1 when 1 then 10 when 2 then 100 when 3 then 1000 when 4 then 10000 when 5 then 100000 else 1000000 end)
    {%- endset -%}
    case
        when abs({{ amount }}) < 99999999999999 and {{ whole }} > 0 and abs({{ part }}) < 99999999
            then cast(
                sign({{ amount }}) * sign({{ part }}) * (1000000 // {{ scale }}) * (
                    (
                        2 * cast(abs(cast({{ amount }} as numeric(28, 6))) * 1000000 as hugeint) * abs({{ part }}) * {{ scale }}
                        + cast({{ whole }} as hugeint) * 1000000
                    ) // (2 * cast({{ whole }} as hugeint) * 1000000)
                ) as numeric(38, 0)
            ) * cast(0.000001 as numeric(7, 6))
    end
{%- endmacro %}

{# An amount rounded, half away from zero, to `digits` (0 … 4) decimals of its currency. #}
{% macro rounded_to_unit(amount, digits) -%}
    case
        {% for places in [0, 1, 3, 4] -%}
            when {{ digits }} = {{ places }}
                then cast(round(cast({{ amount }} as numeric(28, 6)), {{ places }}) as numeric(28, 6))
        {% endfor -%}
        else cast(round(cast({{ amount }} as numeric(28, 6)), 2) as numeric(28, 6))
    end
{%- endmacro %}
