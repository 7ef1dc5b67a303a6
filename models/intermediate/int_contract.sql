-- One row per contract; where several systems know it, the one that stands first in the firm file speaks.
with known as (
    {{ golden_rows('contract', ['contract_id']) }}
),

opportunities as (
    select distinct opportunity_id from {{ ref('can_opportunity') }}
    where not is_deleted
)

select
    known.contract_id,
    known.contract_name,
    known.opportunity_id,
    known.legal_entity_id,
    known.currency,
    known.status,
    known.signature_date,
    known.approved_at,
    known.start_date,
    known.end_date,
    known.notice_days,
    known.nte_amount,
    known.source_system,
    known.source_object,
    known.source_id,
    known.source_file,
    known.source_row,
    known.source_url,
    known.correlation_id,
    known.load_id,
    coalesce(customers.canonical_key, 'unassigned') as customer_key,
    coalesce(currencies.minor_unit, 2) as minor_unit,
    known.signature_date is not null as is_signed,
    coalesce(known.rate_date_basis, 'work') as rate_date_basis,
    coalesce(known.conversion_allowed, false) as conversion_allowed,
    -- what is missing above the contract, nearest first
    case
        when {{ is_delivered('customer') }} and customers.canonical_key is null then 'customer'
        when {{ is_delivered('opportunity') }} and opportunities.opportunity_id is null then 'opportunity'
    end as missing_link
from known
left join {{ ref('xwalk_customer') }} as customers
    on
        known.source_system = customers.source_system
        and known.customer_id = customers.source_id
        and customers.valid_to = {{ end_of_time() }}
left join opportunities on known.opportunity_id = opportunities.opportunity_id
left join {{ ref('currency') }} as currencies on known.currency = currencies.currency
