-- Each contract line as the golden system and every other system hold it at the as-of date: one row per line and other
-- system. In each the version counts that was signed last by then.
{{ config(materialized='view') }}

{%- set systems = systems_feeding('contract_line') -%}
{%- set golden = systems[0] if systems else '' %}

with versions as (
    select
        contract_lines.source_system,
        contract_lines.contract_line_id,
        contract_lines.contract_id,
        contract_lines.contract_type,
        contract_lines.correlation_id,
        contract_lines.estimated_value,
        contract_lines.nte_amount,
        coalesce(contract_lines.legal_entity_id, contracts.legal_entity_id) as legal_entity_id,
        coalesce(contract_lines.currency, contracts.currency) as currency,
        coalesce(contract_lines.transaction_price, 0)
        + coalesce(contract_lines.minimum_commitment, 0) as committed_amount,
        coalesce(contract_lines.valid_from, contract_lines.signed_at, contracts.signature_date) as effective_date,
        row_number() over (
            partition by contract_lines.source_system, contract_lines.contract_line_id
            order by contract_lines.line_version desc, contract_lines.entity_key asc
        ) as place
    from {{ ref('can_contract_line') }} as contract_lines
    left join {{ ref('int_contract') }} as contracts on contract_lines.contract_id = contracts.contract_id
    where
        not contract_lines.is_deleted
        and coalesce(contract_lines.signed_at, contract_lines.valid_from, contracts.signature_date)
        <= {{ date_literal(var('as_of')) }}
        -- in the golden system nothing is in force before the contract is signed
        and (contract_lines.source_system <> '{{ golden }}' or coalesce(contracts.is_signed, false))
),

held as (
    select
        source_system,
        contract_line_id,
        contract_id,
        contract_type,
        correlation_id,
        legal_entity_id,
        currency,
        effective_date,
        committed_amount + coalesce(estimated_value, greatest(coalesce(nte_amount, 0) - committed_amount, 0)) as amount
    from versions
    where place = 1
),

others as (
    {% for name in systems[1:] -%}
    select '{{ name }}' as copy_system
    {% if not loop.last %}union all{% endif %}
    {% else -%}
    select cast(null as {{ dbt.type_string() }}) as copy_system
    where 1 = 0
    {%- endfor %}
),

known_lines as (
    select distinct contract_line_id from held
),

paired as (
    select
        known_lines.contract_line_id,
        others.copy_system,
        golden.amount as golden_amount,
        golden.currency as golden_currency,
        copies.amount as copy_amount,
        copies.currency as copy_currency,
        copies.legal_entity_id as copy_legal_entity_id,
        golden.contract_line_id is not null as is_in_golden,
        copies.contract_line_id is not null as is_in_copy,
        coalesce(golden.contract_type, copies.contract_type) = 'expense' as is_expense,
        coalesce(golden.contract_id, copies.contract_id, known_lines.contract_line_id) as contract_id,
        coalesce(golden.correlation_id, copies.correlation_id) as correlation_id,
        greatest(golden.effective_date, copies.effective_date) as both_from,
        coalesce(golden.effective_date, copies.effective_date) as either_from
    from known_lines
    cross join others
    left join held as golden
        on golden.source_system = '{{ golden }}' and known_lines.contract_line_id = golden.contract_line_id
    left join held as copies
        on others.copy_system = copies.source_system and known_lines.contract_line_id = copies.contract_line_id
)

select
    contract_line_id,
    copy_system,
    contract_id,
    golden_amount,
    golden_currency,
    copy_amount,
    copy_currency,
    copy_legal_entity_id,
    is_in_golden,
    is_in_copy,
    is_expense,
    correlation_id,
    contract_line_id || '|' || copy_system as copy_key,
    coalesce(both_from, either_from, {{ date_literal(var('as_of')) }}) as event_date
from paired
