{{ config(meta={
    'check': 'C-01',
    'title': 'Contract without project',
    'workflow': 'contract_to_project',
    'systems': ['crm', 'psa'],
    'key': 'contract',
    'rule': 'An approved contract has a project in the delivery system.',
    'severity': 'high',
    'owner_team': 'SO',
    'action': 'Run the creation of the project again, and check the correlation id of the contract.',
    'clock': 'approval',
    'cause_rank': 3,
    'grace_business_days': 1,
    'stake_kind': 'cash_delay',
    'stake': 'Fees of the first period of retainers and subscriptions that have started; nothing for other lines, whose contracted value is shown beside it.',
    'needs': ['contract', 'contract_line', 'project'],
    'touches': ['backlog_total', 'backlog_scheduled', 'bookings_tcv'],
    'item_is_transaction': true,
    'population': {'table': 'int_contract', 'key': 'contract_id', 'where': 'is_signed and signature_date <= today'},
}) }}

with contracts as (
    select * from {{ ref('int_contract') }}
    where is_signed and signature_date <= {{ date_literal(var('as_of')) }}
),

line_versions as (
    select * from {{ ref('int_contract_line_version') }}
),

latest as (
    select
        contract_id,
        min(contract_line_id) as first_line_id,
        max(case when project_key <> 'unassigned' then project_key end) as project_key,
        sum(
            case
                when
                    contract_type in ('retainer', 'subscription')
                    and start_date <= {{ date_literal(var('as_of')) }}
                    then coalesce(period_fee, 0)
                else 0
            end
        ) as first_fees
    from line_versions
    where is_latest
    group by contract_id
),

contracted as (
    select
        contract_id,
        sum(committed + estimated) as contracted_amount
    from line_versions
    where
        contract_type <> 'expense'
        and values_from <= {{ date_literal(var('as_of')) }}
        and values_to > {{ date_literal(var('as_of')) }}
        and (end_date is null or end_date >= {{ date_literal(var('as_of')) }})
    group by contract_id
)

select
    'contract|' || contracts.contract_id as item_key,
    'Contract ' || coalesce(contracts.contract_name, contracts.contract_id) as item_name,
    case
        when latest.contract_id is null or coalesce(contracts.status, '') in ('cancelled', 'void')
            then 'not_applicable'
        when latest.project_key is null then 'failed'
        else 'passed'
    end as outcome,
    case
        when latest.contract_id is null then 'the contract has no lines'
        when coalesce(contracts.status, '') in ('cancelled', 'void') then 'the contract is ' || contracts.status
        when latest.project_key is null then 'approved, and no line of it has a project that a system delivers'
    end as finding,
    coalesce(cast(contracts.approved_at as date), contracts.signature_date) as event_date,
    'contract|' || contracts.contract_id as transaction_key,
    coalesce(latest.first_fees, 0) as stake_amount,
    coalesce(contracted.contracted_amount, 0) as tested_amount,
    coalesce(contracted.contracted_amount, 0) as display_amount,
    contracts.currency,
    'line|' || latest.first_line_id as owner_id,
    contracts.legal_entity_id as owner_entity_id,
    latest.first_line_id as contract_line_id,
    latest.project_key,
    cast(null as {{ dbt.type_string() }}) as employee_key,
    cast(null as {{ dbt.type_string() }}) as employment_key,
    contracts.source_system as left_system,
    'contract' as left_object,
    contracts.contract_id as left_id,
    'approved '
    || cast(coalesce(cast(contracts.approved_at as date), contracts.signature_date) as {{ dbt.type_string() }})
        as left_value,
    cast(null as {{ dbt.type_string() }}) as right_system,
    'project' as right_object,
    latest.project_key as right_id,
    coalesce(latest.project_key, 'none') as right_value,
    contracts.correlation_id
from contracts
left join latest on contracts.contract_id = latest.contract_id
left join contracted on contracts.contract_id = contracted.contract_id
