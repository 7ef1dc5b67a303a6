-- One row per contract, verbal ones included (is_signed is false: their lines are in no metric).
select
    contracts.contract_id,
    contracts.contract_name,
    contracts.customer_key,
    contracts.opportunity_id,
    contracts.legal_entity_id,
    contracts.currency,
    contracts.status,
    contracts.signature_date,
    contracts.is_signed,
    contracts.approved_at,
    contracts.start_date,
    contracts.end_date,
    contracts.notice_days,
    contracts.nte_amount,
    contracts.rate_date_basis,
    contracts.conversion_allowed,
    contracts.source_system,
    contracts.source_object,
    contracts.source_id,
    contracts.source_file,
    contracts.source_row,
    contracts.source_url,
    contracts.correlation_id,
    contracts.load_id,
    coalesce(customers.customer_name, 'Unassigned') as customer_name
from {{ ref('int_contract') }} as contracts
left join {{ ref('dim_customer') }} as customers on contracts.customer_key = customers.customer_key
