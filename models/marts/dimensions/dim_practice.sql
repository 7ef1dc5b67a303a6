-- One row per practice; codes of other systems reach it through seeds/practice_mapping.csv.
with precedence as (
    {{ system_precedence('practice') }}
),

known as (
    select
        practices.*,
        row_number() over (
            partition by practices.practice_id order by precedence.precedence, practices.entity_key
        ) as place
    from {{ ref('can_practice') }} as practices
    inner join precedence on practices.source_system = precedence.source_system
    left join {{ ref('practice_mapping') }} as mapping
        on
            practices.source_system = mapping.source_system
            and practices.practice_id = mapping.source_practice_id
    where not practices.is_deleted and mapping.practice_id is null
),

referenced as (
    select practice_id from {{ ref('int_practice_code') }}
)

select
    {{ surrogate_key(["'practice'", 'known.practice_id']) }} as practice_key,
    known.practice_id,
    known.practice_name,
    known.parent_practice_id,
    known.legal_entity_id,
    false as is_inferred
from known
where known.place = 1
union all
select
    {{ surrogate_key(["'practice'", 'referenced.practice_id']) }} as practice_key,
    referenced.practice_id,
    referenced.practice_id as practice_name,
    cast(null as {{ dbt.type_string() }}) as parent_practice_id,
    cast(null as {{ dbt.type_string() }}) as legal_entity_id,
    true as is_inferred
from referenced
left join known on referenced.practice_id = known.practice_id
where known.practice_id is null
group by referenced.practice_id
