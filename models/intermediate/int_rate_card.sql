-- Rate card rows that can price work, with the level of the search they stand on and what they name in canonical keys.
-- A row that names a person or scope nobody knows prices nothing.
{%- set levels = var('policies').bill_rate_levels %}
with cards as (
    select
        cards.*,
        people.canonical_key as employee_key,
        case cards.scope
            when 'project' then projects.canonical_key
            when 'customer' then customers.canonical_key
            when 'practice' then codes.practice_id
            when 'firm' then ''
            else cards.scope_id
        end as scope_key,
        case
            when cards.scope in ('contract', 'contract_line') and cards.employee_id is not null then 'contract_person'
            when cards.scope in ('contract', 'contract_line') then 'contract_role'
            when cards.scope in ('practice', 'region') then 'practice_region'
            else cards.scope
        end as rate_level
    from {{ ref('can_rate_card') }} as cards
    left join {{ ref('xwalk_employee') }} as people
        on
            cards.source_system = people.source_system
            and cards.employee_id = people.source_id
            and people.valid_to = {{ end_of_time() }}
    left join {{ ref('xwalk_project') }} as projects
        on
            cards.scope = 'project'
            and cards.source_system = projects.source_system
            and cards.scope_id = projects.source_id
            and projects.valid_to = {{ end_of_time() }}
    left join {{ ref('xwalk_customer') }} as customers
        on
            cards.scope = 'customer'
            and cards.source_system = customers.source_system
            and cards.scope_id = customers.source_id
            and customers.valid_to = {{ end_of_time() }}
    left join {{ ref('int_practice_code') }} as codes
        on
            cards.scope = 'practice'
            and cards.source_system = codes.source_system
            and cards.scope_id = codes.source_practice_id
    where
        not cards.is_deleted
        and cards.rate_type in ('bill', 'standard')
        and (cards.valid_to is null or cards.valid_from is null or cards.valid_to > cards.valid_from)
)

select
    entity_key as bill_rate_key,
    source_system,
    source_object,
    source_id,
    source_url,
    source_file,
    source_row,
    load_id,
    correlation_id,
    rate_card_row_id,
    rate_type,
    scope,
    scope_id,
    scope_key,
    rate_level,
    case rate_level
        {% for level in levels %}when '{{ level }}' then {{ loop.index }}
        {% endfor -%}
    end as level_order,
    employee_key,
    role,
    region,
    work_type,
    case when employee_key is null then 0 else 100 end
    + case when scope = 'contract_line' then 10 else 0 end
    + case when role is null then 0 else 1 end
    + case when region is null then 0 else 1 end
    + case when work_type is null then 0 else 1 end as closeness,
    case when rate > 0 or (rate = 0 and zero_rate_reason is not null) then rate end as rate,
    rate as stated_rate,
    zero_rate_reason,
    currency,
    multiplier,
    discount_pct,
    valid_from,
    valid_to
from cards
where
    scope_key is not null
    and (employee_id is null or employee_key is not null)
    and rate_level in ('{{ levels | join("', '") }}')
