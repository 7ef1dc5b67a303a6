{#
  crosswalk(entity, id_column, exact_keys): which records of several systems are one.
  Methods, in this order: native_ref (the record names its counterpart), governed_map (a steward's row in
  seeds/crosswalk.csv), exact_attr (a business key that is unique on both sides), self. A record follows the
  system that stands before its own in the firm file's precedence; similarity of names never matches.
  Extracts of a system that delivers no record of the entity name the golden system's records by their ids.
#}
{% macro crosswalk(entity, id_column, exact_keys) %}
with precedence as (
    {{ system_precedence(entity) }}
),

nodes as (
    select
        records.source_system,
        records.{{ id_column }} as node_id,
        min(precedence.precedence) as precedence,
        max(records.linked_system) as linked_system,
        max(records.linked_id) as linked_id,
        {% for key in exact_keys %}max(nullif(lower(trim(records.{{ key }})), '')) as {{ key }},
        {% endfor -%}
        min(records.known_from) as known_from
    from {{ ref('can_' ~ entity) }} as records
    inner join precedence on records.source_system = precedence.source_system
    group by records.source_system, records.{{ id_column }}
),

governed as (
    select * from {{ ref('crosswalk') }}
    where entity = '{{ entity }}'
),

candidates as (
    select
        child.source_system,
        child.node_id,
        parent.source_system as parent_system,
        parent.node_id as parent_id,
        'native_ref' as method,
        1 as method_order,
        cast(null as date) as valid_from,
        cast(null as date) as valid_to,
        cast(null as {{ dbt.type_string() }}) as approved_by
    from nodes as child
    inner join nodes as parent
        on child.linked_system = parent.source_system and child.linked_id = parent.node_id
    where child.precedence > parent.precedence
    union all
    -- the golden record may be the one that names its counterpart
    select
        child.source_system,
        child.node_id,
        parent.source_system as parent_system,
        parent.node_id as parent_id,
        'native_ref' as method,
        1 as method_order,
        cast(null as date) as valid_from,
        cast(null as date) as valid_to,
        cast(null as {{ dbt.type_string() }}) as approved_by
    from nodes as parent
    inner join nodes as child
        on parent.linked_system = child.source_system and parent.linked_id = child.node_id
    where child.precedence > parent.precedence
    union all
    select
        child.source_system,
        child.node_id,
        parent.source_system as parent_system,
        parent.node_id as parent_id,
        'governed_map' as method,
        2 as method_order,
        governed.valid_from,
        governed.valid_to,
        governed.approved_by
    from governed
    inner join nodes as child
        on governed.source_system = child.source_system and governed.source_id = child.node_id
    inner join nodes as parent
        on governed.target_system = parent.source_system and governed.target_id = parent.node_id
    {% for key in exact_keys %}
    union all
    select
        child.source_system,
        child.node_id,
        parent.source_system as parent_system,
        parent.node_id as parent_id,
        'exact_attr' as method,
        {{ 2 + loop.index }} as method_order,
        cast(null as date) as valid_from,
        cast(null as date) as valid_to,
        cast(null as {{ dbt.type_string() }}) as approved_by
    from (
        select source_system, {{ key }}, min(node_id) as node_id, min(precedence) as precedence
        from nodes
        where {{ key }} is not null
        group by source_system, {{ key }}
        having count(*) = 1
    ) as child
    inner join (
        select source_system, {{ key }}, min(node_id) as node_id, min(precedence) as precedence
        from nodes
        where {{ key }} is not null
        group by source_system, {{ key }}
        having count(*) = 1
    ) as parent
        on child.{{ key }} = parent.{{ key }}
    where child.precedence > parent.precedence
    {% endfor %}
    union all
    select
        source_system,
        node_id,
        source_system as parent_system,
        node_id as parent_id,
        'self' as method,
        9 as method_order,
        cast(null as date) as valid_from,
        cast(null as date) as valid_to,
        cast(null as {{ dbt.type_string() }}) as approved_by
    from nodes
),

ordered as (
    select
        candidates.*,
        nodes.precedence as parent_precedence
    from candidates
    inner join nodes
        on candidates.parent_system = nodes.source_system and candidates.parent_id = nodes.node_id
),

resolved as (
    {{ resolve_intervals(
        'ordered', ['source_system', 'node_id'], ['parent_system', 'parent_id', 'method', 'approved_by'],
        'bounded.method_order, bounded.parent_precedence, bounded.parent_id'
    ) }}
),

-- a counterpart may itself follow a third system
followed as (
    select
        resolved.source_system,
        resolved.node_id,
        resolved.method,
        resolved.approved_by,
        coalesce(onward.parent_system, resolved.parent_system) as canonical_system,
        coalesce(onward.parent_id, resolved.parent_id) as canonical_id,
        greatest(resolved.valid_from, coalesce(onward.valid_from, resolved.valid_from)) as valid_from,
        least(resolved.valid_to, coalesce(onward.valid_to, resolved.valid_to)) as valid_to
    from resolved
    left join resolved as onward
        on
            resolved.method <> 'self'
            and resolved.parent_system = onward.source_system
            and resolved.parent_id = onward.node_id
            and resolved.valid_from < onward.valid_to
            and onward.valid_from < resolved.valid_to
)

select
    {{ surrogate_key(["'" ~ entity ~ "'", 'followed.canonical_system', 'followed.canonical_id']) }} as canonical_key,
    followed.canonical_system,
    followed.canonical_id,
    followed.source_system,
    followed.node_id as source_id,
    followed.valid_from,
    followed.valid_to,
    nodes.known_from,
    followed.method,
    case followed.method when 'exact_attr' then cast(0.9 as numeric(3, 2)) else cast(1 as numeric(3, 2)) end as confidence,
    followed.approved_by
from followed
inner join nodes
    on followed.source_system = nodes.source_system and followed.node_id = nodes.node_id
{%- for reader in readers_of_golden_ids(entity) %}
union all
select
    {{ surrogate_key(["'" ~ entity ~ "'", 'followed.canonical_system', 'followed.canonical_id']) }} as canonical_key,
    followed.canonical_system,
    followed.canonical_id,
    '{{ reader }}' as source_system,
    followed.node_id as source_id,
    followed.valid_from,
    followed.valid_to,
    nodes.known_from,
    'native_ref' as method,
    cast(1 as numeric(3, 2)) as confidence,
    followed.approved_by
from followed
inner join nodes
    on followed.source_system = nodes.source_system and followed.node_id = nodes.node_id
where followed.source_system = '{{ systems_feeding(entity)[0] }}'
{%- endfor %}
{% endmacro %}

{# Drop folders without a record of the entity: what they name, they name by the golden system's ids. #}
{% macro readers_of_golden_ids(entity) -%}
    {%- set readers = [] -%}
    {%- if systems_feeding(entity) -%}
        {%- for system in var('systems') if system.kind == 'files' and entity not in system.get('entities', []) -%}
            {%- do readers.append(system.name) -%}
        {%- endfor -%}
    {%- endif -%}
    {{ return(readers) }}
{%- endmacro %}
