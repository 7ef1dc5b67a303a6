-- By part and currency, the months of project margin are the sum of the lines below them, in all four currencies.
{%- set modes = ['transaction', 'functional', 'reporting', 'constant'] %}
with customer_versions as (
    select project_version_key from {{ ref('dim_project') }}
    where has_customer
),

all_lines as (
    select
        case when contract_type = 'expense' then 'passthrough_revenue' else 'service_revenue' end as component,
        {% for mode in modes -%}
        recognized_amount_{{ mode }} as amount_{{ mode }},
        {% endfor -%}
        currency_transaction as currency
    from {{ ref('fct_revenue_line') }}
    where recognized_amount_transaction is not null
    union all
    select
        'labour' as component,
        {% for mode in modes -%}
        entries.cost_amount_{{ mode }} as amount_{{ mode }},
        {% endfor -%}
        entries.currency_transaction as currency
    from {{ ref('fct_time_entry') }} as entries
    inner join customer_versions
        on entries.project_version_key_as_was = customer_versions.project_version_key
    where entries.cost_amount_transaction is not null
    {% for fact, amount in [('fct_expense', 'net_cost'), ('fct_vendor_bill', 'amount')] -%}
    union all
    select
        component,
        {% for mode in modes -%}
        {{ amount }}_{{ mode }} as amount_{{ mode }},
        {% endfor -%}
        currency_transaction as currency
    from {{ ref(fact) }}
    where component is not null
    {% endfor %}
),

summed as (
    select
        component,
        currency,
        {% for mode in modes -%}
        sum(amount_{{ mode }}) as amount_{{ mode }},
        {% endfor -%}
        count(*) as line_count
    from all_lines
    group by component, currency
),

monthly as (
    select
        component,
        currency_transaction as currency,
        {% for mode in modes -%}
        sum(amount_{{ mode }}) as amount_{{ mode }},
        {% endfor -%}
        sum(line_count) as line_count
    from {{ ref('fct_project_margin_monthly') }}
    group by component, currency_transaction
)

select
    summed.line_count,
    monthly.line_count as monthly_line_count,
    {% for mode in modes -%}
    summed.amount_{{ mode }},
    monthly.amount_{{ mode }} as monthly_amount_{{ mode }},
    {% endfor -%}
    coalesce(summed.component, monthly.component) as component,
    coalesce(summed.currency, monthly.currency) as currency
from summed
full outer join monthly
    on summed.component = monthly.component and summed.currency = monthly.currency
where
    coalesce(summed.line_count, 0) <> coalesce(monthly.line_count, 0)
    {% for mode in modes -%}
    or coalesce(summed.amount_{{ mode }}, 0) <> coalesce(monthly.amount_{{ mode }}, 0)
    {% endfor %}
