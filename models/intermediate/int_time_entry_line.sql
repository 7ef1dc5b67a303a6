-- Each live time entry with its contract line (the one it names, else the one of its project, task and day), its
-- owner, and the question that its price answers: rate_question holds everything a rate can depend on except the
-- day. Empty where nothing is to be priced.
{{ config(materialized='view') }}

with placed as (
    select * from {{ ref('int_time_entry_placed') }}  -- noqa: AM04
),

-- a price that was approved for one entry; an override of another system's entry of the same id is not meant
overrides as (
    select distinct
        source_system,
        scope_key
    from {{ ref('int_rate_card') }}
    where scope = 'override'
)

select
    placed.*, -- noqa: AM04
    contract_lines.contract_line_id,
    contract_lines.conversion_allowed,
    owners.contract_line_version_key as contract_line_version_key_as_was,
    current_owners.contract_line_version_key as contract_line_version_key_as_is,
    owners.contract_type,
    owners.functional_currency as owner_functional_currency,
    owners.fiscal_year_start_month as owner_fiscal_year_start_month,
    contract_lines.currency as price_currency,
    coalesce(contract_lines.minor_unit, 2) as price_minor_unit,
    coalesce(placed.worked_role, placed.role) as priced_role,
    owners.practice_id as owner_practice_id,
    coalesce(
        placed.work_type, case when {{ iso_weekday('placed.work_date') }} > 5 then 'weekend' else 'standard' end
    ) as priced_work_type,
    versions.discount_pct as line_discount_pct,
    versions.eligible_roles,
    placed.work_category = 'client' and placed.is_billable_flag and placed.status <> 'rejected' as is_sold,
    overrides.scope_key as override_id,
    case
        when placed.work_category = 'client' and placed.is_billable_flag and placed.status <> 'rejected'
            then {{ rate_question(
                'contract_lines.contract_line_id', 'placed.employee_key', 'coalesce(placed.worked_role, placed.role)',
                'placed.region', 'owners.practice_id', "coalesce(
                    placed.work_type,
                    case when " ~ iso_weekday('placed.work_date') ~ " > 5 then 'weekend' else 'standard' end
                )", 'versions.discount_pct', 'overrides.scope_key'
            ) }}
    end as rate_question
from placed
left join {{ ref('int_line_of_work') }} as found
    on
        placed.project_key = found.project_key
        and placed.task_id = found.task_id
        and placed.lookup_date >= found.valid_from
        and placed.lookup_date < found.valid_to
left join {{ ref('int_contract_line') }} as contract_lines
    on coalesce(placed.named_line_id, found.contract_line_id) = contract_lines.contract_line_id
left join {{ ref('dim_contract_line') }} as owners
    on
        coalesce('line|' || contract_lines.contract_line_id, 'project|' || placed.project_key) = owners.owner_id
        and placed.lookup_date >= owners.lookup_from
        and placed.lookup_date < owners.lookup_to
left join {{ ref('dim_contract_line') }} as current_owners
    on
        coalesce('line|' || contract_lines.contract_line_id, 'project|' || placed.project_key) = current_owners.owner_id
        and current_owners.is_as_is
left join {{ ref('int_contract_line_version') }} as versions
    on owners.contract_line_id = versions.contract_line_id and owners.line_version = versions.line_version
left join overrides
    on
        placed.time_entry_id = overrides.scope_key
        and (
            placed.source_system = overrides.source_system
            or overrides.source_system not in (
                select precedence.source_system from ({{ system_precedence('time_entry') }}) as precedence
            )
        )
