{#- Every system but the first that delivers contract lines is compared with the first. -#}
{%- set systems = systems_feeding('contract_line') -%}
{%- set golden = systems[0] if systems else '' -%}
{{ config(meta={
    'check': 'C-03',
    'title': 'Contract value differs between systems',
    'workflow': 'contract_to_project',
    'systems': ['crm', 'psa', 'erp'],
    'key': 'contract line × system',
    'rule': 'The contracted value of a line is the same in every system that holds it, within 0.5 %.',
    'severity': 'high',
    'owner_team': 'SO',
    'action': 'Carry the change order over to the system that lacks it, or correct the one that is wrong.',
    'clock': 'later of the two effective dates',
    'cause_rank': 1,
    'stake_kind': 'misstatement',
    'stake': 'Difference of the two contracted values, the copy at the spot rate of its day; of a line that the first system lacks, its whole value in the copy.',
    'needs': ['contract', 'contract_line'],
    'touches': ['backlog_total', 'backlog_hard', 'tcv', 'bookings_tcv'],
    'item_is_transaction': true,
    'population': {'table': 'int_contract_line_copy', 'key': 'copy_key', 'where': 'true'},
}) }}

with compared as (
    select
        copies.*,
        {{ rounded_to_unit(
            at_rate('copies.copy_amount', 'copies.copy_currency', 'copies.golden_currency', 'spots'),
            'coalesce(units.minor_unit, 2)'
        ) }} as copy_in_golden_currency
    from {{ ref('int_contract_line_copy') }} as copies
    left join {{ ref('currency') }} as units on copies.golden_currency = units.currency
    {{ exchange_rate('spots', 'spot', 'copies.copy_currency', 'copies.golden_currency', 'copies.event_date') }}
),

judged as (
    select
        compared.*,
        case
            when
                compared.is_expense or not compared.is_in_copy
                then 'not_applicable'
            when not compared.is_in_golden then 'failed'
            when compared.copy_in_golden_currency is null then 'failed'
            when
                abs(compared.golden_amount - compared.copy_in_golden_currency)
                > {{ check_tolerance('C-03', 'share', '0.005') }} * abs(compared.golden_amount) then 'failed'
            else 'passed'
        end as outcome
    from compared
)

select
    'line|' || judged.contract_line_id || '|' || judged.copy_system as item_key,
    'Contract line ' || judged.contract_line_id || ' in ' || judged.copy_system as item_name,
    judged.outcome,
    case
        when judged.is_expense then 'expense lines have no contracted value'
        when not judged.is_in_copy then judged.copy_system || ' does not have the line'
        when not judged.is_in_golden then '{{ golden }} has no version of the line in force'
        when judged.copy_in_golden_currency is null then 'the values are in currencies without a rate between them'
        when judged.outcome = 'failed' then 'the values differ'
    end as finding,
    judged.event_date,
    'line|' || judged.contract_line_id as transaction_key,
    case
        when not judged.is_in_golden then abs(judged.copy_amount)
        else abs(judged.golden_amount - judged.copy_in_golden_currency)
    end as stake_amount,
    abs(coalesce(judged.golden_amount, judged.copy_amount)) as tested_amount,
    cast(null as numeric(28, 6)) as display_amount,
    coalesce(judged.golden_currency, judged.copy_currency) as currency,
    'line|' || judged.contract_line_id as owner_id,
    case
        when judged.is_in_golden then owners.legal_entity_id else judged.copy_legal_entity_id
    end as owner_entity_id,
    judged.contract_line_id,
    owners.project_key,
    cast(null as {{ dbt.type_string() }}) as employee_key,
    cast(null as {{ dbt.type_string() }}) as employment_key,
    '{{ golden }}' as left_system,
    'contract_line' as left_object,
    judged.contract_line_id as left_id,
    coalesce(cast(judged.golden_amount as {{ dbt.type_string() }}) || ' ' || judged.golden_currency, 'none')
        as left_value,
    judged.copy_system as right_system,
    'contract_line' as right_object,
    judged.contract_line_id as right_id,
    coalesce(cast(judged.copy_amount as {{ dbt.type_string() }}) || ' ' || judged.copy_currency, 'none') as right_value,
    judged.correlation_id
from judged
left join {{ ref('dim_contract_line') }} as owners
    on
        'line|' || judged.contract_line_id = owners.owner_id
        and judged.event_date >= owners.lookup_from
        and judged.event_date < owners.lookup_to
