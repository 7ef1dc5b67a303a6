{# Calendar arithmetic that differs by engine. All take and give dates. #}
{% macro add_days(date_expression, days_expression) -%}
    {{ return(adapter.dispatch('add_days', 'tieout')(date_expression, days_expression)) }}
{%- endmacro %}

{% macro default__add_days(date_expression, days_expression) -%}
    ({{ date_expression }} + cast({{ days_expression }} as integer))
{%- endmacro %}

{% macro spark__add_days(date_expression, days_expression) -%}
    date_add({{ date_expression }}, cast({{ days_expression }} as int))
{%- endmacro %}

{% macro days_between(from_expression, to_expression) -%}
    {{ return(adapter.dispatch('days_between', 'tieout')(from_expression, to_expression)) }}
{%- endmacro %}

{% macro default__days_between(from_expression, to_expression) -%}
    cast({{ to_expression }} - {{ from_expression }} as integer)
{%- endmacro %}

{% macro spark__days_between(from_expression, to_expression) -%}
    datediff({{ to_expression }}, {{ from_expression }})
{%- endmacro %}

{% macro month_start(date_expression) -%}
    cast(date_trunc('month', {{ date_expression }}) as date)
{%- endmacro %}

{# ISO weekday, 1 = Monday … 7 = Sunday. #}
{% macro iso_weekday(date_expression) -%}
    cast(extract(isodow from {{ date_expression }}) as integer)
{%- endmacro %}

{# Mondays to Fridays in [from, to), without a calendar: an end may lie beyond any. #}
{% macro weekdays_between(from_expression, to_expression) -%}
    {{ weekdays_before(to_expression) }} - {{ weekdays_before(from_expression) }}
{%- endmacro %}

{# Counted from a Monday: five a whole week, and at most five of what is left of the last. #}
{% macro weekdays_before(date_expression) -%}
    {%- set days = days_between(date_literal('1900-01-01'), date_expression) -%}
    (
        5 * cast(floor({{ days }} / 7.0) as integer)
        + least(5, {{ days }} - 7 * cast(floor({{ days }} / 7.0) as integer))
    )
{%- endmacro %}

{# Monday of the ISO week. #}
{% macro week_start(date_expression) -%}
    cast(date_trunc('week', {{ date_expression }}) as date)
{%- endmacro %}

{% macro date_literal(text) -%}
    cast('{{ text }}' as date)
{%- endmacro %}

{# First day of the month that lies `months` after the month of a date. #}
{% macro add_months(date_expression, months_expression) -%}
    {{ return(adapter.dispatch('add_months', 'tieout')(date_expression, months_expression)) }}
{%- endmacro %}

{% macro default__add_months(date_expression, months_expression) -%}
    cast({{ month_start(date_expression) }} + ({{ months_expression }}) * interval '1 month' as date)
{%- endmacro %}

{% macro spark__add_months(date_expression, months_expression) -%}
    add_months({{ month_start(date_expression) }}, {{ months_expression }})
{%- endmacro %}

{# Numbers 0 … n-1 by cross-joined digits: works on every engine, without recursion or a series function. #}
{% macro number_series(n) %}
    {%- set sizes = [10, 100, 1000, 10000, 100000] -%}
    {%- set digits = namespace(k=1) -%}
    {%- for size in sizes -%}{%- if size < n -%}{%- set digits.k = loop.index + 1 -%}{%- endif -%}{%- endfor -%}
    select series.n
    from (
        select {% for i in range(digits.k) %}digit_{{ i }}.d * {{ 10 ** i }}{{ ' + ' if not loop.last }}{% endfor %} as n
        from {% for i in range(digits.k) %}(
            select 0 as d union all select 1 union all select 2 union all select 3 union all select 4
            union all select 5 union all select 6 union all select 7 union all select 8 union all select 9
        ) as digit_{{ i }}{{ ' cross join ' if not loop.last }}{% endfor %}
    ) as series
    where series.n < {{ n }}
{% endmacro %}
