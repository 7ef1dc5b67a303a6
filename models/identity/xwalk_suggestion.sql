-- Names that are equal but for case, blanks and punctuation, of records that no governed method has joined:
-- work for a steward, never a match.
with nodes as (
    select
        'employee' as entity,
        source_system,
        employee_id as source_id,
        lower(replace(replace(replace(employee_name, ' ', ''), '.', ''), '-', '')) as plain_name
    from {{ ref('can_employee') }}
    where not is_deleted
    union all
    select
        'customer' as entity,
        source_system,
        customer_id as source_id,
        lower(replace(replace(replace(customer_name, ' ', ''), '.', ''), '-', '')) as plain_name
    from {{ ref('can_customer') }}
    where not is_deleted
),

links as (
    select
        'employee' as entity,
        source_system,
        source_id,
        canonical_key
    from {{ ref('xwalk_employee') }}
    union all
    select
        'customer' as entity,
        source_system,
        source_id,
        canonical_key
    from {{ ref('xwalk_customer') }}
),

keyed as (
    select distinct
        nodes.entity,
        nodes.source_system,
        nodes.source_id,
        nodes.plain_name,
        links.canonical_key
    from nodes
    inner join links
        on
            nodes.entity = links.entity
            and nodes.source_system = links.source_system
            and nodes.source_id = links.source_id
)

select
    one.entity,
    one.source_system,
    one.source_id,
    other.source_system as suggested_system,
    other.source_id as suggested_id,
    'fuzzy' as method,
    cast(0.5 as numeric(3, 2)) as confidence
from keyed as one
inner join keyed as other
    on
        one.entity = other.entity
        and one.plain_name = other.plain_name
        and one.source_system < other.source_system
        and one.canonical_key <> other.canonical_key
