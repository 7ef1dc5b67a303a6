-- Each live time entry with its contract line (the one it names, else the one of its project, task and day), its
-- owner, and the question that its price answers: rate_question holds everything a rate can depend on except the
-- day. Empty where nothing is to be priced. missing_link is the first reference on the way from the person to the
-- origin of the contract that no record answers.
{{ config(materialized='view') }}

with placed as (
    select * from {{ ref('int_time_entry_placed') }}
),

-- a price that was approved for one entry
overrides as (
    select distinct
        source_system,
        scope_key
    from {{ ref('int_rate_card') }}
    where scope = 'override'
),

lined as (
    select
        placed.*,
        contract_lines.contract_line_id,
        contract_lines.currency as price_currency,
        overrides.scope_key as override_id,
        coalesce('line|' || contract_lines.contract_line_id, 'project|' || placed.project_key) as owner_id,
        coalesce(contract_lines.minor_unit, 2) as price_minor_unit,
        coalesce(placed.worked_role, placed.role) as priced_role,
        coalesce(
            placed.work_type, case when {{ iso_weekday('placed.work_date') }} > 5 then 'weekend' else 'standard' end
        ) as priced_work_type,
        placed.work_category = 'client' and placed.is_billable_flag and placed.status <> 'rejected' as is_sold
    from placed
    left join {{ ref('int_line_of_work') }} as found
        on
            placed.project_key = found.project_key
            and placed.task_id = found.task_id
            and placed.lookup_date >= found.valid_from
            and placed.lookup_date < found.valid_to
    left join {{ ref('int_contract_line') }} as contract_lines
        on coalesce(placed.named_line_id, found.contract_line_id) = contract_lines.contract_line_id
    left join overrides
        on
            placed.time_entry_id = overrides.scope_key
            and {{ same_system_or_reader('overrides', 'placed', 'time_entry') }}
)

select
    lined.*, -- noqa: AM04
    owners.contract_line_version_key as contract_line_version_key_as_was,
    current_owners.contract_line_version_key as contract_line_version_key_as_is,
    owners.contract_type,
    owners.functional_currency as owner_functional_currency,
    owners.fiscal_year_start_month as owner_fiscal_year_start_month,
    owners.practice_id as owner_practice_id,
    versions.discount_pct as line_discount_pct,
    versions.eligible_roles,
    case
        when lined.is_sold
            then {{ rate_question(
                'lined.contract_line_id', 'lined.employee_key', 'lined.priced_role', 'lined.region',
                'owners.practice_id', 'lined.priced_work_type', 'versions.discount_pct', 'lined.override_id'
            ) }}
    end as rate_question,
    case
        when lined.employee_key = 'unassigned' then 'employee'
        when lined.is_unknown_employee or lined.is_outside_employment then 'employment'
        when lined.is_unknown_project then 'project'
        when {{ is_delivered('task') }} and lined.task_id <> '' and lined.task_key is null then 'task'
        when
            {{ is_delivered('customer') }} and lined.work_category = 'client' and lined.customer_key = 'unassigned'
            then 'customer'
        when
            (lined.is_sold or lined.named_line_id is not null or lined.contract_line_id is not null)
            and owners.missing_link is not null
            then owners.missing_link
        when
            {{ is_delivered('invoice') }} and lined.invoice_id is not null and invoices.invoice_id is null
            then 'invoice'
    end as missing_link
from lined
left join {{ ref('dim_contract_line') }} as owners
    on
        lined.owner_id = owners.owner_id
        and lined.lookup_date >= owners.lookup_from
        and lined.lookup_date < owners.lookup_to
left join {{ ref('dim_contract_line') }} as current_owners
    on lined.owner_id = current_owners.owner_id and current_owners.is_as_is
left join {{ ref('int_contract_line_version') }} as versions
    on owners.contract_line_id = versions.contract_line_id and owners.line_version = versions.line_version
left join {{ ref('int_invoice') }} as invoices on lined.invoice_id = invoices.invoice_id
