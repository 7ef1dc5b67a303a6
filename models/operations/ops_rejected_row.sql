{#- A drop folder has one relation of rejects per entity, any other kind one for all its objects (rej_<kind>). -#}
{%- set relations = [] -%}
{%- for system in var('systems') -%}
    {%- if system.kind == 'files' -%}
        {%- for entity in system.get('entities', []) if ref('rej_files__' ~ entity) not in relations -%}
            {%- do relations.append(ref('rej_files__' ~ entity)) -%}
        {%- endfor -%}
    {%- elif ref('rej_' ~ system.kind) not in relations -%}
        {%- do relations.append(ref('rej_' ~ system.kind)) -%}
    {%- endif -%}
{%- endfor -%}
select
    system,
    object,
    load_id,
    source_file,
    source_row,
    column_name,
    value as reject_value,
    reason,
    cure,
    'landing' as rejected_at,
    false as is_duplicate
from {{ source('tieout', 'rejected_rows') }}
{% for relation in relations -%}
union all
select
    system,
    object,
    load_id,
    source_file,
    source_row,
    column_name,
    reject_value,
    reason,
    cure,
    'staging' as rejected_at,
    is_duplicate
from {{ relation }}
{% endfor %}
-- rows that are well formed and count nowhere, because what they belong to is missing or was itself rejected
{% for entity, parent in [('contract_line', 'contract'), ('invoice_line', 'invoice')] -%}
union all
select
    orphans.source_system as system,
    orphans.source_object as object,
    orphans.load_id,
    orphans.source_file,
    orphans.source_row,
    '{{ parent }}_id' as column_name,
    orphans.{{ parent }}_id as reject_value,
    'belongs to no known {{ parent }}' as reason,
    'Deliver the {{ parent }}, or correct its id: the row counts nowhere until then.' as cure,
    'canonical' as rejected_at,
    false as is_duplicate
from {{ ref('can_' ~ entity) }} as orphans
left join {{ ref('can_' ~ parent) }} as parents
    on orphans.{{ parent }}_id = parents.{{ parent }}_id and not parents.is_deleted
where not orphans.is_deleted and parents.{{ parent }}_id is null
{% endfor %}
