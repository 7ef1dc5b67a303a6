-- Contract approved → project and billing terms. Projects and terms carry no time of their own: they are there or not.
{{ config(materialized='view') }}

{%- set several_systems = systems_feeding('contract_line') | length > 1 %}

with copies as (
    select distinct contract_line_id from {{ ref('int_contract_line_copy') }}
    where is_in_copy
),

lines_of as (
    select
        contract_lines.contract_id,
        max(case when contract_lines.project_key <> 'unassigned' then contract_lines.project_key end) as project_key,
        sum(case when contract_lines.contract_type <> 'expense' then 1 else 0 end) as sold_lines,
        sum(
            case
                when contract_lines.contract_type <> 'expense' and copies.contract_line_id is not null then 1
                else 0
            end
        ) as copied_lines
    from {{ ref('int_contract_line') }} as contract_lines
    left join copies on contract_lines.contract_line_id = copies.contract_line_id
    group by contract_lines.contract_id
),

items as (
    select
        contracts.contract_id,
        contracts.approved_at,
        contracts.legal_entity_id as owner_entity_id,
        contracts.source_system,
        contracts.source_object,
        contracts.source_id,
        contracts.correlation_id,
        lines_of.project_key,
        lines_of.sold_lines,
        lines_of.copied_lines,
        'contract|' || contracts.contract_id as item_key,
        'Contract ' || coalesce(contracts.contract_name, contracts.contract_id) as item_name,
        coalesce(cast(contracts.approved_at as date), contracts.signature_date) as started_on
    from {{ ref('int_contract') }} as contracts
    inner join lines_of on contracts.contract_id = lines_of.contract_id
    where contracts.is_signed and coalesce(contracts.status, '') not in ('cancelled', 'void')
),

begun as (
    select * from items
    where started_on <= {{ date_literal(var('as_of')) }}
)

{{ workflow_steps('begun', 'contract_to_project', [
    {
        'step': 'approved', 'recorded': 'true', 'done': 'true', 'on': 'items.started_on', 'at': 'items.approved_at',
        'gap': '', 'object': 'contract', 'id': 'items.contract_id',
    },
    {
        'step': 'project', 'recorded': is_delivered('project'), 'done': 'items.project_key is not null',
        'gap': 'no system delivers projects', 'object': 'project', 'id': 'items.project_key',
    },
    {
        'step': 'billing_terms', 'recorded': 'true' if several_systems else 'false',
        'done': 'items.copied_lines = items.sold_lines',
        'gap': 'no second system delivers contract lines', 'object': 'contract_line', 'id': 'items.contract_id',
    },
]) }}
