-- One row per live expense: what it costs net of recoverable tax, what it is charged on for, and who owns the cost. It
-- is a cost of project margin once it is approved and its project has a customer on that day.
{{ config(meta={'keeps_difference': true}) }}
{%- set modes = ['transaction', 'functional', 'reporting', 'constant'] %}
with expenses as (
    select
        valued.expense_key,
        valued.project_key,
        records.project_id,
        valued.contract_line_id as expense_line_id,
        valued.expense_date,
        valued.lookup_date,
        valued.net_cost,
        valued.currency,
        valued.is_approved,
        valued.approved_date,
        valued.is_billable as is_charged_on,
        valued.billable_value,
        valued.billable_currency,
        records.source_system,
        records.source_object,
        records.expense_id,
        records.expense_type,
        records.amount,
        records.tax_amount,
        records.has_receipt,
        records.status,
        records.submitted_at,
        records.quality_flags,
        records.source_url,
        records.correlation_id,
        records.source_file,
        records.source_row,
        records.load_id,
        coalesce(people.canonical_key, 'unassigned') as employee_key
    from {{ ref('int_expense_value') }} as valued
    inner join {{ ref('can_expense') }} as records on valued.expense_key = records.entity_key
    left join {{ ref('xwalk_employee') }} as people
        on
            records.source_system = people.source_system
            and records.employee_id = people.source_id
            and valued.lookup_date >= people.valid_from
            and valued.lookup_date < people.valid_to
),

owned as (
    {{ owned_cost('expenses') }}
),

converted as (
    {{ converted_flow('owned', ['net_cost'], 'currency', 'owner_functional_currency', 'expense_date') }}
)

select
    expense_key,
    source_system,
    source_object,
    expense_id,
    employee_key,
    owner_project_key as project_key,
    expense_line_id,
    contract_line_id,
    contract_line_version_key_as_was,
    contract_line_version_key_as_is,
    contract_type,
    expense_date,
    {{ fiscal_period_label('expense_date', 'fiscal_year_start_month') }} as owner_fiscal_period,
    expense_type,
    status,
    is_approved,
    is_charged_on as is_billable,
    has_receipt,
    has_customer,
    case
        when is_approved and has_customer and is_charged_on then 'passthrough_cost'
        when is_approved and has_customer then 'direct_other'
    end as component,
    amount,
    tax_amount,
    {% for mode in modes -%}
    net_cost_{{ mode }},
    currency_{{ mode }},
    {% endfor -%}
    billable_value,
    billable_currency,
    approved_date,
    submitted_at,
    case
        when employee_key = 'unassigned' then 'employee'
        when project_id is not null and owner_project_key = 'unassigned' then 'project'
        when {{ is_delivered('customer') }} and has_customer and customer_key = 'unassigned' then 'customer'
        when {{ is_delivered('contract_line') }} and is_charged_on and expense_line_id is null then 'contract_line'
        when is_charged_on then owner_missing_link
    end as missing_link,
    quality_flags,
    source_url,
    correlation_id,
    source_file,
    source_row,
    load_id
from converted
