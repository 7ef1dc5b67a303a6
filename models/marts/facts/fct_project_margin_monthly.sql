-- What projects with a customer earn and cost, by month, part, owner, currency and missing link: the lines of
-- fct_project_margin_line, each converted before it is added up. Amounts are positive in every part; margin is revenue
-- less costs.
{%- set modes = ['transaction', 'functional', 'reporting', 'constant'] %}
{%- set owner_columns = [
    'project_key', 'contract_line_id', 'contract_line_version_key_as_was', 'contract_line_version_key_as_is',
    'contract_type'
] %}
with monthly as (
    select
        margin_month,
        component,
        {{ owner_columns | join(',\n        ') }},
        owner_fiscal_period,
        missing_link,
        {% for mode in modes -%}
        currency_{{ mode }},
        cast(sum(amount_{{ mode }}) as numeric(28, 6)) as amount_{{ mode }},
        {% endfor -%}
        cast(count(*) as integer) as line_count
    from {{ ref('fct_project_margin_line') }}
    group by
        margin_month,
        component,
        {{ owner_columns | join(',\n        ') }},
        {% for mode in modes -%}
        currency_{{ mode }},
        {% endfor -%}
        owner_fiscal_period,
        missing_link
)

select
    {{ surrogate_key([
        'margin_month', 'component', 'project_key', 'contract_line_version_key_as_was',
        'contract_line_version_key_as_is', 'currency_transaction', 'currency_functional', 'missing_link'
    ]) }} as margin_key,
    margin_month,
    component,
    {{ owner_columns | join(',\n    ') }},
    owner_fiscal_period,
    missing_link,
    {% for mode in modes -%}
    amount_{{ mode }},
    currency_{{ mode }},
    {% endfor -%}
    line_count
from monthly
