{#
  Amounts in four currencies. Both macros give the rows of `relation` with all of its columns and, per name in
  `amounts` (columns in the currency of column `currency`), <name>_transaction, <name>_functional, <name>_reporting and
  <name>_constant, numeric(28,6); and <currencies>_transaction, _functional, _reporting and _constant, their currencies.
  `functional_currency` is the column that holds the currency of the entity which owns the row, `day` its date.
  A rate that is missing gives null, never 0; between a currency and itself the rate is 1 on every day.

  converted_flow: what happened in a month, at the averages of the month: to functional, and from there to reporting.
  converted_balance: what stands on a day, at the spot rates of that day: to functional and straight to reporting. With
  rates 'last_known', a day without a spot rate has the last one before it, however old.
  Constant is straight to reporting in both.

      converted as (
          {{ converted_flow('owned', ['amount'], 'currency', 'functional_currency', 'posting_date') }}
      )
#}
{% macro converted_flow(relation, amounts, currency, functional_currency, day, currencies='currency') %}
    select
        flows.*,
        {% for amount in amounts -%}
            {%- set functional = at_rate(
                'flows.' ~ amount, 'flows.' ~ currency, 'flows.' ~ functional_currency, 'to_functional'
            ) -%}
            cast(flows.{{ amount }} as numeric(28, 6)) as {{ amount }}_transaction,
            {{ functional }} as {{ amount }}_functional,
            {{ at_rate(functional, 'flows.' ~ functional_currency, reporting_currency(), 'to_reporting') }} as {{ amount }}_reporting,
            {{ at_rate('flows.' ~ amount, 'flows.' ~ currency, reporting_currency(), 'at_constant') }} as {{ amount }}_constant,
        {% endfor -%}
        {{ currency_columns('flows', currency, functional_currency, currencies) }}
    from {{ relation }} as flows
    {{ exchange_rate('to_functional', 'average', 'flows.' ~ currency, 'flows.' ~ functional_currency, month_start('flows.' ~ day)) }}
    {{ exchange_rate('to_reporting', 'average', 'flows.' ~ functional_currency, reporting_currency(), month_start('flows.' ~ day)) }}
    {{ constant_rate('at_constant', 'flows.' ~ currency) }}
{% endmacro %}

{% macro converted_balance(
    relation, amounts, currency, functional_currency, day, currencies='currency', rates='spot'
) %}
    select
        balances.*,
        {% for amount in amounts -%}
            cast(balances.{{ amount }} as numeric(28, 6)) as {{ amount }}_transaction,
            {{ at_rate('balances.' ~ amount, 'balances.' ~ currency, 'balances.' ~ functional_currency, 'to_functional') }} as {{ amount }}_functional,
            {{ at_rate('balances.' ~ amount, 'balances.' ~ currency, reporting_currency(), 'to_reporting') }} as {{ amount }}_reporting,
            {{ at_rate('balances.' ~ amount, 'balances.' ~ currency, reporting_currency(), 'at_constant') }} as {{ amount }}_constant,
        {% endfor -%}
        {{ currency_columns('balances', currency, functional_currency, currencies) }}
    from {{ relation }} as balances
    {{ exchange_rate('to_functional', rates, 'balances.' ~ currency, 'balances.' ~ functional_currency, 'balances.' ~ day) }}
    {{ exchange_rate('to_reporting', rates, 'balances.' ~ currency, reporting_currency(), 'balances.' ~ day) }}
    {{ constant_rate('at_constant', 'balances.' ~ currency) }}
{% endmacro %}

{% macro reporting_currency() -%}'{{ var('reporting_currency') }}'{%- endmacro %}

{% macro currency_columns(rows, currency, functional_currency, currencies) -%}
    {{ rows }}.{{ currency }} as {{ currencies }}_transaction,
        {{ rows }}.{{ functional_currency }} as {{ currencies }}_functional,
        {{ reporting_currency() }} as {{ currencies }}_reporting,
        {{ reporting_currency() }} as {{ currencies }}_constant
{%- endmacro %}

{# One row: the decimals of the reporting currency, as `minor_unit`. #}
{% macro reporting_minor_unit() -%}
    select coalesce(max(minor_unit), 2) as minor_unit
    from {{ ref('currency') }}
    where currency = {{ reporting_currency() }}
{%- endmacro %}

{# dim_fx_rate knows the days of the calendar only; an amount that needs no conversion needs no rate. #}
{% macro at_rate(amount, from_currency, to_currency, rates) -%}
    case
        when {{ from_currency }} = {{ to_currency }} then cast({{ amount }} as numeric(28, 6))
        else {{ multiply_rate(amount, rates ~ '.rate') }}
    end
{%- endmacro %}

{% macro exchange_rate(alias, rate_type, from_currency, to_currency, day) -%}
    left join (
        {%- if rate_type == 'last_known' %}
        select
            known.from_currency,
            known.to_currency,
            days.date_day as rate_date,
            known.rate
        from (
            select
                from_currency,
                to_currency,
                rate,
                rate_date,
                lead(rate_date, 1, {{ end_of_time() }}) over (
                    partition by from_currency, to_currency order by rate_date
                ) as next_rate_date
            from {{ ref('dim_fx_rate') }}
            where rate_type = 'spot' and from_currency <> to_currency
        ) as known
        inner join {{ ref('dim_date') }} as days
            on known.rate_date <= days.date_day and known.next_rate_date > days.date_day
        {%- else %}
        select from_currency, to_currency, rate_date, rate
        from {{ ref('dim_fx_rate') }}
        where rate_type = '{{ rate_type }}'
        {%- endif %}
    ) as {{ alias }}
        on
            {{ from_currency }} = {{ alias }}.from_currency
            and {{ to_currency }} = {{ alias }}.to_currency
            and {{ day }} = {{ alias }}.rate_date
{%- endmacro %}

{% macro constant_rate(alias, from_currency) -%}
    left join (
        select from_currency, rate
        from {{ ref('dim_fx_rate') }}
        where rate_type = 'constant' and to_currency = {{ reporting_currency() }}
    ) as {{ alias }} on {{ from_currency }} = {{ alias }}.from_currency
{%- endmacro %}

{# The day whose rates the constant mode uses: the firm file's, else the as-of date. #}
{% macro constant_rate_day() -%}
    {{ date_literal(var('policies').constant_rates.date or var('as_of')) }}
{%- endmacro %}
