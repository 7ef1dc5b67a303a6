-- One row per line of a signed contract: its latest version, and what its contract says for all lines.
select
    lines.contract_line_id,
    lines.line_version,
    lines.contract_id,
    lines.line_name,
    lines.contract_type,
    lines.project_key,
    lines.task_id,
    lines.currency,
    lines.minor_unit,
    lines.start_date,
    lines.end_date,
    lines.termination_date,
    lines.billing_frequency,
    contracts.customer_key,
    contracts.nte_amount as contract_nte_amount,
    contracts.notice_days,
    contracts.rate_date_basis,
    contracts.conversion_allowed,
    contracts.signature_date,
    first_signed.first_signed
from {{ ref('int_contract_line_version') }} as lines
inner join {{ ref('int_contract') }} as contracts on lines.contract_id = contracts.contract_id
inner join (
    select
        contract_line_id,
        min(counts_from) as first_signed
    from {{ ref('int_contract_line_version') }}
    group by contract_line_id
) as first_signed on lines.contract_line_id = first_signed.contract_line_id
where lines.is_latest
