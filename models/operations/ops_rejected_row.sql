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
