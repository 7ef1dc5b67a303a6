-- Rate card rows that can price work, for bill and standard rates: what fct_time_entry.bill_rate_key points at.
with people as (
    select
        employee_key,
        min(employee_name) as employee_name
    from {{ ref('dim_employee') }}
    where is_as_is
    group by employee_key
)

select
    cards.bill_rate_key,
    cards.rate_card_row_id,
    cards.rate_type,
    cards.rate_level,
    cards.level_order,
    cards.scope,
    cards.scope_id,
    cards.scope_key,
    cards.employee_key,
    people.employee_name,
    cards.role,
    cards.region,
    cards.work_type,
    cards.stated_rate,
    cards.rate,
    cards.currency,
    cards.multiplier,
    cards.discount_pct,
    cards.zero_rate_reason,
    cards.source_system,
    cards.source_object,
    cards.source_id,
    cards.source_url,
    cards.source_file,
    cards.source_row,
    cards.load_id,
    cards.correlation_id,
    coalesce(cards.valid_from, {{ beginning_of_time() }}) as valid_from,
    coalesce(cards.valid_to, {{ end_of_time() }}) as valid_to
from {{ ref('int_rate_card') }} as cards
left join people on cards.employee_key = people.employee_key
