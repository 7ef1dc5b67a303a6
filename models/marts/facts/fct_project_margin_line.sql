-- What projects with a customer earn and cost, line by line, with month, part and owner: the ledger's revenue by
-- posting date, owned by the contract line; costs owned by the project. Amounts are positive in every part; margin_* is
-- what a line adds to the margin: revenue, less costs. Labour is converted by way of the entity that employs the
-- person.
{%- set modes = ['transaction', 'functional', 'reporting', 'constant'] %}
{%- set owner_columns = [
    'project_key', 'contract_line_id', 'contract_line_version_key_as_was', 'contract_line_version_key_as_is',
    'contract_type'
] %}
{%- set source_columns = [
    'source_system', 'source_object', 'source_url', 'source_file', 'source_row', 'load_id', 'correlation_id'
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
        entries.time_entry_key as margin_line_key,
        'labour' as component,
        entries.work_date as line_date,
        entries.project_key,
        owners.contract_line_id,
        owners.contract_line_version_key as contract_line_version_key_as_was,
        current_owners.contract_line_version_key as contract_line_version_key_as_is,
        owners.contract_type,
        {% for mode in modes -%}
        entries.cost_amount_{{ mode }} as amount_{{ mode }},
        entries.currency_{{ mode }},
        {% endfor -%}
        {{ fiscal_period_label('entries.work_date', 'owners.fiscal_year_start_month') }} as owner_fiscal_period,
        entries.missing_link,
        {% for column in source_columns -%}
        entries.{{ column }},
        {% endfor -%}
        entries.time_entry_id as source_id,
        entries.time_entry_id as trace_id
    from hours as entries
    inner join {{ ref('dim_contract_line') }} as owners
        on entries.owner_id = owners.owner_id and entries.version_from = owners.lookup_from
    inner join {{ ref('dim_contract_line') }} as current_owners
        on entries.owner_id = current_owners.owner_id and current_owners.is_as_is
),

all_lines as (
    select
        revenue_line_key as margin_line_key,
        case when is_passthrough then 'passthrough_revenue' else 'service_revenue' end as component,
        posting_date as line_date,
        {{ owner_columns | join(',\n        ') }},
        {% for mode in modes -%}
        recognized_amount_{{ mode }} as amount_{{ mode }},
        currency_{{ mode }},
        {% endfor -%}
        owner_fiscal_period,
        missing_link,
        {{ source_columns | join(',\n        ') }},
        revenue_schedule_line_id as source_id,
        revenue_schedule_line_id as trace_id
    from {{ ref('fct_revenue_line') }}
    where is_posted
    union all
    select * from labour
    {% for fact, key, day, amount, id, trace in [
        ('fct_expense', 'expense_key', 'expense_date', 'net_cost', 'expense_id', 'expense_id'),
        (
            'fct_vendor_bill', 'vendor_bill_line_key', 'bill_date', 'amount', 'vendor_bill_line_id',
            'cast(null as ' ~ dbt.type_string() ~ ')'
        )
    ] -%}
    union all
    select
        {{ key }} as margin_line_key,
        component,
        {{ day }} as line_date,
        {{ owner_columns | join(',\n        ') }},
        {% for mode in modes -%}
        {{ amount }}_{{ mode }} as amount_{{ mode }},
        currency_{{ mode }},
        {% endfor -%}
        owner_fiscal_period,
        missing_link,
        {{ source_columns | join(',\n        ') }},
        {{ id }} as source_id,
        {{ trace }} as trace_id
    from {{ ref(fact) }}
    where component is not null
    {% endfor %}
)

select
    margin_line_key,
    {{ month_start('line_date') }} as margin_month,
    component,
    line_date,
    {{ owner_columns | join(',\n    ') }},
    owner_fiscal_period,
    {% for mode in modes -%}
    amount_{{ mode }},
    cast(
        case when component in ('service_revenue', 'passthrough_revenue') then 1 else -1 end * amount_{{ mode }}
        as numeric(28, 6)
    ) as margin_{{ mode }},
    currency_{{ mode }},
    {% endfor -%}
    missing_link,
    {{ source_columns | join(',\n    ') }},
    source_id,
    trace_id
from all_lines
