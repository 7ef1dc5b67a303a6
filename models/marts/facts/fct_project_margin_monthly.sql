-- What projects with a customer earn and cost, by month, part, owner and currency: the ledger's revenue by posting
-- date, owned by the contract line; costs owned by the project. Amounts are positive in every part; margin is revenue
-- less costs. Each line is converted before it is added up, labour by way of the entity that employs the person.
{%- set modes = ['transaction', 'functional', 'reporting', 'constant'] %}
{%- set owner_columns = [
    'project_key', 'contract_line_id', 'contract_line_version_key_as_was', 'contract_line_version_key_as_is',
    'contract_type'
] %}
with hours as (
    select
        entries.*,
        projects.lookup_from as version_from,
        {{ cost_owner_id('entries.contract_line_id', 'projects.project_key') }} as owner_id
    from {{ ref('fct_time_entry') }} as entries
    inner join {{ ref('dim_project') }} as projects
        on entries.project_version_key_as_was = projects.project_version_key
    where projects.has_customer and entries.is_approved and entries.cost_amount_transaction is not null
),

labour as (
    -- the owner's intervals are the project's versions
    select
        'labour' as component,
        {{ month_start('entries.work_date') }} as margin_month,
        entries.project_key,
        owners.contract_line_id,
        owners.contract_line_version_key as contract_line_version_key_as_was,
        current_owners.contract_line_version_key as contract_line_version_key_as_is,
        owners.contract_type,
        {% for mode in modes -%}
        entries.cost_amount_{{ mode }} as amount_{{ mode }},
        entries.currency_{{ mode }},
        {% endfor -%}
        {{ fiscal_period_label('entries.work_date', 'owners.fiscal_year_start_month') }} as owner_fiscal_period
    from hours as entries
    inner join {{ ref('dim_contract_line') }} as owners
        on entries.owner_id = owners.owner_id and entries.version_from = owners.lookup_from
    inner join {{ ref('dim_contract_line') }} as current_owners
        on entries.owner_id = current_owners.owner_id and current_owners.is_as_is
),

all_lines as (
    select
        case when is_passthrough then 'passthrough_revenue' else 'service_revenue' end as component,
        {{ month_start('posting_date') }} as margin_month,
        {{ owner_columns | join(',\n        ') }},
        {% for mode in modes -%}
        recognized_amount_{{ mode }} as amount_{{ mode }},
        currency_{{ mode }},
        {% endfor -%}
        owner_fiscal_period
    from {{ ref('fct_revenue_line') }}
    where is_posted
    union all
    select * from labour
    {% for fact, day, amount in [
        ('fct_expense', 'expense_date', 'net_cost'), ('fct_vendor_bill', 'bill_date', 'amount')
    ] -%}
    union all
    select
        component,
        {{ month_start(day) }} as margin_month,
        {{ owner_columns | join(',\n        ') }},
        {% for mode in modes -%}
        {{ amount }}_{{ mode }} as amount_{{ mode }},
        currency_{{ mode }},
        {% endfor -%}
        owner_fiscal_period
    from {{ ref(fact) }}
    where component is not null
    {% endfor %}
),

monthly as (
    select
        margin_month,
        component,
        {{ owner_columns | join(',\n        ') }},
        owner_fiscal_period,
        {% for mode in modes -%}
        currency_{{ mode }},
        cast(sum(amount_{{ mode }}) as numeric(28, 6)) as amount_{{ mode }},
        {% endfor -%}
        cast(count(*) as integer) as line_count
    from all_lines
    group by
        margin_month,
        component,
        {{ owner_columns | join(',\n        ') }},
        {% for mode in modes -%}
        currency_{{ mode }},
        {% endfor -%}
        owner_fiscal_period
)

select
    {{ surrogate_key([
        'margin_month', 'component', 'project_key', 'contract_line_version_key_as_was',
        'contract_line_version_key_as_is', 'currency_transaction', 'currency_functional'
    ]) }} as margin_key,
    margin_month,
    component,
    {{ owner_columns | join(',\n    ') }},
    owner_fiscal_period,
    {% for mode in modes -%}
    amount_{{ mode }},
    currency_{{ mode }},
    {% endfor -%}
    line_count
from monthly
