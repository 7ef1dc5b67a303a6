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
-- what an earlier load could not read is over when the object is read again
with latest_loads as (
    select
        load_id,
        row_number() over (partition by system, object order by extracted_at desc, load_id desc) as place
    from {{ source('tieout', 'loads') }}
    where not skipped
)

select
    unread.system,
    unread.object,
    unread.load_id,
    unread.source_file,
    unread.source_row,
    unread.column_name,
    unread.value as reject_value,
    unread.reason,
    unread.cure,
    cast(null as {{ dbt.type_string() }}) as also_wrong,
    'landing' as rejected_at,
    false as is_duplicate
from {{ source('tieout', 'rejected_rows') }} as unread
inner join latest_loads on unread.load_id = latest_loads.load_id and latest_loads.place = 1
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
    also_wrong,
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
    cast(null as {{ dbt.type_string() }}) as also_wrong,
    'canonical' as rejected_at,
    false as is_duplicate
from {{ ref('can_' ~ entity) }} as orphans
left join {{ ref('can_' ~ parent) }} as parents
    on orphans.{{ parent }}_id = parents.{{ parent }}_id and not parents.is_deleted
where not orphans.is_deleted and parents.{{ parent }}_id is null
{% endfor %}
