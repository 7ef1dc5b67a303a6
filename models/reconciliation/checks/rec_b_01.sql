{{ config(meta={
    'check': 'B-01',
    'title': 'Milestone complete, no invoice',
    'workflow': 'milestone_to_invoice',
    'systems': ['psa', 'erp'],
    'key': 'milestone',
    'rule': 'A milestone that is complete, and accepted where the contract requires it, stands on a posted invoice.',
    'severity': 'high',
    'owner_team': 'DEL',
    'action': 'Release the milestone for billing, or invoice it.',
    'clock': 'completion or acceptance',
    'cause_rank': 6,
    'grace_business_days': 3,
    'stake_kind': 'cash_delay',
    'stake': 'Amount of the milestone.',
    'needs': ['milestone', 'contract_line', 'invoice', 'billing_event'],
    'touches': ['unbilled_milestone', 'wip_commercial', 'billed_revenue:stake:missing'],
    'item_is_transaction': true,
    'population': {'table': 'int_milestone_state', 'key': 'milestone_key', 'where': 'true'},
}) }}

select
    'milestone|' || milestones.source_system || ':' || milestones.milestone_id as item_key,
    'Milestone ' || coalesce(milestones.milestone_name, milestones.milestone_id) as item_name,
    case
        when milestones.reached_date is null or milestones.reached_date > {{ date_literal(var('as_of')) }}
            then 'not_applicable'
        when milestones.invoice_id is null then 'failed'
        else 'passed'
    end as outcome,
    case
        when milestones.completed_date is null then 'not complete'
        when milestones.reached_date is null then 'complete, and waits for acceptance'
        when milestones.reached_date > {{ date_literal(var('as_of')) }} then 'complete after the as-of date'
        when milestones.invoice_id is null then 'complete and on no posted invoice'
    end as finding,
    milestones.reached_date as event_date,
    'milestone|' || milestones.source_system || ':' || milestones.milestone_id as transaction_key,
    milestones.amount as stake_amount,
    milestones.amount as tested_amount,
    cast(null as numeric(28, 6)) as display_amount,
    milestones.currency,
    'line|' || milestones.contract_line_id as owner_id,
    owners.legal_entity_id as owner_entity_id,
    milestones.contract_line_id,
    owners.project_key,
    cast(null as {{ dbt.type_string() }}) as employee_key,
    cast(null as {{ dbt.type_string() }}) as employment_key,
    milestones.source_system as left_system,
    'milestone' as left_object,
    milestones.milestone_id as left_id,
    coalesce('reached ' || cast(milestones.reached_date as {{ dbt.type_string() }}), 'open') as left_value,
    cast(null as {{ dbt.type_string() }}) as right_system,
    'invoice' as right_object,
    milestones.invoice_id as right_id,
    coalesce(milestones.invoice_id, 'none') as right_value,
    milestones.correlation_id
from {{ ref('int_milestone_state') }} as milestones
left join {{ ref('dim_contract_line') }} as owners
    on
        'line|' || milestones.contract_line_id = owners.owner_id
        and coalesce(milestones.reached_date, {{ date_literal(var('as_of')) }}) >= owners.lookup_from
        and coalesce(milestones.reached_date, {{ date_literal(var('as_of')) }}) < owners.lookup_to
