-- Attribute values by employment, without overlap: the latest known wins, then the latest valid_from, then
-- the later row. A gap after a value carries it forward (carried_from tells from when).
with attributes as (
    select
        employments.employment_key,
        attributes.attribute,
        attributes.attribute_value,
        attributes.valid_from,
        attributes.valid_to,
        attributes.known_from,
        attributes.source_row,
        attributes.entity_key,
        attributes.source_system
    from {{ ref('can_employee_attribute') }} as attributes
    inner join {{ ref('int_employment') }} as employments
        on
            attributes.source_system = employments.source_system
            and attributes.employment_id = employments.employment_id
    where
        not attributes.is_deleted
        and (
            attributes.valid_to is null or attributes.valid_from is null or attributes.valid_to > attributes.valid_from
        )
),

resolved as (
    {{ resolve_intervals(
        'attributes', ['employment_key', 'attribute'], ['attribute_value', 'source_system'],
        'bounded.known_from desc, bounded.valid_from desc, bounded.source_row desc, bounded.entity_key'
    ) }}
)

select
    employment_key,
    attribute,
    attribute_value,
    source_system,
    valid_from,
    valid_to as carried_from,
    lead(valid_from, 1, {{ end_of_time() }})
        over (partition by employment_key, attribute order by valid_from)
        as valid_to,
    contenders
from resolved
