-- One row per line of a supplier bill, and who owns its cost. It is a cost of project margin unless it is a draft or
-- void; a bill that names a person settles hours that are costed already.
{%- set modes = ['transaction', 'functional', 'reporting', 'constant'] %}
with golden as (
    {{ golden_rows('vendor_bill', ['vendor_bill_line_id']) }}
),

expense_terms as (
    {{ expense_line_terms() }}
),

expense_lines as (
    {{ resolve_intervals('expense_terms', ['project_key'], ['contract_line_id'], 'bounded.contract_line_id') }}
),

-- a mistyped year still finds the first or the last version
dated as (
    select
        golden.*,
        coalesce(golden.is_pass_through, false) as is_charged_on,
        golden.employee_id is not null as is_for_person,
        coalesce(golden.status, '') not in ('draft', 'void') as is_live,
        greatest(
            least(golden.bill_date, {{ add_days(end_of_time(), -1) }}), {{ beginning_of_time() }}
        ) as lookup_date
    from golden
),

bills as (
    select
        dated.*,
        projects.canonical_key as project_key,
        people.canonical_key as employee_key,
        expense_lines.contract_line_id as expense_line_id
    from dated
    left join {{ ref('xwalk_project') }} as projects
        on
            dated.source_system = projects.source_system
            and dated.project_id = projects.source_id
            and projects.valid_to = {{ end_of_time() }}
    left join {{ ref('xwalk_employee') }} as people
        on
            dated.source_system = people.source_system
            and dated.employee_id = people.source_id
            and dated.lookup_date >= people.valid_from
            and dated.lookup_date < people.valid_to
    left join expense_lines
        on
            projects.canonical_key = expense_lines.project_key
            and dated.lookup_date >= expense_lines.valid_from
            and dated.lookup_date < expense_lines.valid_to
),

owned as (
    {{ owned_cost('bills') }}
),

converted as (
    {{ converted_flow('owned', ['amount'], 'currency', 'owner_functional_currency', 'bill_date') }}
)

select
    entity_key as vendor_bill_line_key,
    source_system,
    source_object,
    vendor_bill_line_id,
    vendor_name,
    case when is_for_person then coalesce(employee_key, 'unassigned') end as employee_key,
    owner_project_key as project_key,
    expense_line_id,
    contract_line_id,
    contract_line_version_key_as_was,
    contract_line_version_key_as_is,
    contract_type,
    legal_entity_id as billed_legal_entity_id,
    bill_date,
    {{ fiscal_period_label('bill_date', 'fiscal_year_start_month') }} as owner_fiscal_period,
    status,
    is_live,
    is_charged_on as is_pass_through,
    is_for_person,
    has_customer,
    case
        when not is_live or not has_customer or is_for_person then null
        when is_charged_on then 'passthrough_cost'
        else 'direct_other'
    end as component,
    {% for mode in modes -%}
    amount_{{ mode }},
    currency_{{ mode }},
    {% endfor -%}
    case
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
