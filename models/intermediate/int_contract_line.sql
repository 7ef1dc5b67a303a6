-- One row per line of a signed contract: its latest version, and what its contract says for all lines.
with first_signed as (
    select
        contract_line_id,
        min(values_from) as first_signed
    from {{ ref('int_contract_line_version') }}
    group by contract_line_id
)

select
    contract_lines.contract_line_id,
    contract_lines.line_version,
    contract_lines.contract_id,
    contract_lines.line_name,
    contract_lines.contract_type,
    contract_lines.project_key,
    contract_lines.task_id,
    contract_lines.currency,
    contract_lines.minor_unit,
    contract_lines.start_date,
    contract_lines.end_date,
    contract_lines.termination_date,
    contract_lines.billing_frequency,
    contract_lines.missing_link,
    contracts.customer_key,
    contracts.nte_amount as contract_nte_amount,
    contracts.notice_days,
    contracts.rate_date_basis,
    contracts.conversion_allowed,
    contracts.signature_date,
    first_signed.first_signed
from {{ ref('int_contract_line_version') }} as contract_lines
inner join {{ ref('int_contract') }} as contracts on contract_lines.contract_id = contracts.contract_id
inner join first_signed on contract_lines.contract_line_id = first_signed.contract_line_id
where contract_lines.is_latest
