-- Every practice code that a record uses, by system, and the practice that it means.
with used as (
    select
        source_system,
        practice_id as source_practice_id
    from {{ ref('can_practice') }}
    where not is_deleted
    union
    select
        source_system,
        attribute_value as source_practice_id
    from {{ ref('can_employee_attribute') }}
    where attribute = 'practice' and not is_deleted
    union
    select
        source_system,
        practice_id as source_practice_id
    from {{ ref('can_project') }}
    where practice_id is not null and not is_deleted
    union
    select
        source_system,
        practice_id as source_practice_id
    from {{ ref('can_contract_line') }}
    where practice_id is not null and not is_deleted
    union
    select
        source_system,
        scope_id as source_practice_id
    from {{ ref('can_rate_card') }}
    where scope = 'practice' and scope_id is not null and not is_deleted
)

select
    used.source_system,
    used.source_practice_id,
    coalesce(mapping.practice_id, used.source_practice_id) as practice_id
from used
left join {{ ref('practice_mapping') }} as mapping
    on
        used.source_system = mapping.source_system
        and used.source_practice_id = mapping.source_practice_id
