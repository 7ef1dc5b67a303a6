{#
  How a bill rate becomes the price of an hour, and the words that say so. A rate is multiplied step by step, each
  result rounded to ten decimals: exchange rate, multiplier, discount of the card row, discount of the contract line.
  An override was agreed for the entry itself: no line discount. A standard rate is before discounts of the line.
#}

{# rate_question(...): the key of everything that a rate depends on, except the day. #}
{% macro rate_question(line, employee, role, region, practice, work_type, discount, override='null') -%}
    {{ line }} || '|' || {{ employee }} || '|' || coalesce({{ role }}, '') || '|' || coalesce({{ region }}, '')
    || '|' || coalesce({{ practice }}, '') || '|' || {{ work_type }}
    || '|' || coalesce(cast({{ discount }} as {{ dbt.type_string() }}), '') || '|' || coalesce({{ override }}, '')
{%- endmacro %}

{# First day of the first month that begins on or after a date; null for null. #}
{% macro first_month_from(date_expression) -%}
    case
        when {{ date_expression }} = {{ month_start(date_expression) }} then {{ date_expression }}
        else {{ add_months(date_expression, 1) }}
    end
{%- endmacro %}

{# 1 − percentage / 100, ten decimals; 1 where there is none. #}
{% macro discount_factor(percentage) -%}
    cast(1 - coalesce(cast({{ percentage }} as numeric(12, 6)), 0) * 0.01 as numeric(18, 10))
{%- endmacro %}

{% macro priced_rates(relation) %}
, converted as (
    select
        rates.*,
        {{ multiply_rates('rates.rate', 'rates.factor') }} as rate_1,
        case
            when rates.rate_type = 'standard' or rates.rate_level = 'override' then cast(1 as numeric(18, 10))
            else {{ discount_factor('rates.line_discount_pct') }}
        end as line_factor
    from {{ relation }} as rates
),

multiplied as (
    select
        converted.*,
        {{ multiply_rates('converted.rate_1', 'coalesce(converted.multiplier, 1)') }} as rate_2
    from converted
),

discounted as (
    select
        multiplied.*,
        {{ multiply_rates('multiplied.rate_2', discount_factor('multiplied.discount_pct')) }} as rate_3
    from multiplied
)

select
    rate_question,
    rate_type,
    contract_line_id,
    bill_rate_key,
    rate_card_row_id,
    rate_level,
    valid_from,
    valid_to,
    {{ multiply_rates('rate_3', 'line_factor') }} as unit_price,
    contract_currency as currency,
    is_converted = 1 as is_converted,
    tied > 1 as is_ambiguous,
    {{ rate_trace() }} as rate_trace
from discounted
{% endmacro %}

{# JSON of the steps from the card row to the price of an hour. #}
{% macro rate_trace() -%}
    '{"level": "' || rate_level || '", "row": "' || {{ json_text('rate_card_row_id') }} || '", "rate": '
    || coalesce(cast(rate as {{ dbt.type_string() }}), 'null') || ', "currency": "' || currency || '"'
    || case
        when is_converted = 1 then ', "exchange_rate": ' || cast(factor as {{ dbt.type_string() }}) else ''
    end
    || case
        when multiplier is not null then ', "multiplier": ' || cast(multiplier as {{ dbt.type_string() }}) else ''
    end
    || case
        when discount_pct is not null
            then ', "card_discount_pct": ' || cast(discount_pct as {{ dbt.type_string() }})
        else ''
    end
    || case
        when line_factor <> 1
            then ', "line_discount_pct": ' || cast(line_discount_pct as {{ dbt.type_string() }})
        else ''
    end
    || case when rate is null then ', "unpriced": "zero without a reason, or below zero"' else '' end
    || case when tied > 1 then ', "ambiguous": true' else '' end || '}'
{%- endmacro %}

{# Text inside a JSON string. #}
{% macro json_text(expression) -%}
    replace(replace({{ expression }}, '\', '\\'), '"', '\"')
{%- endmacro %}
