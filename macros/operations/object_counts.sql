{#
  object_counts(): system, object, open_rows, staged, deleted_by_flag, duplicates for every object of every
  configured system that ever had rows. What `staged` counts: for a drop folder the canonical rows of the entity; for any other
  kind the rows of stg_<kind>__<object>.
#}
{% macro object_counts() %}
    {%- set counts = [] -%}
    {%- for system in var('systems') -%}
        {%- if system.kind == 'files' -%}
            {%- for entity in system.get('entities', []) -%}
                {%- do counts.append(drop_folder_counts(system.name, entity)) -%}
            {%- endfor -%}
        {%- else -%}
            {%- for object in system.get('objects', []) -%}
                {%- do counts.append(staged_object_counts(system.name, system.kind, object)) -%}
            {%- endfor -%}
        {%- endif -%}
    {%- endfor -%}
    {%- if counts -%}
    {{ counts | join('\n    union all\n') }}
    {%- else -%}
    select
        cast(null as {{ dbt.type_string() }}) as system,
        cast(null as {{ dbt.type_string() }}) as object,
        0 as open_rows,
        0 as staged,
        0 as deleted_by_flag,
        0 as duplicates
    where 1 = 0
    {%- endif -%}
{% endmacro %}

{% macro drop_folder_counts(system, entity) %}
    {%- set staged = ref('stg_files__' ~ entity) if system not in systems_feeding(entity) else ref('can_' ~ entity) %}
    select
        '{{ system }}' as system,
        '{{ entity }}' as object,
        (select count(*) from {{ raw_relation(system, entity) }} where _known_to is null) as open_rows,
        (select count(*) from {{ staged }} where source_system = '{{ system }}' and source_object = '{{ entity }}' and not is_deleted) as staged,
        (select count(*) from {{ staged }} where source_system = '{{ system }}' and source_object = '{{ entity }}' and is_deleted and known_to is null) as deleted_by_flag,
        (select count(*) from {{ raw_relation(system, entity) }} where _known_to is null and _occurrence > 1) as duplicates
{% endmacro %}

{% macro staged_object_counts(system, kind, object) %}
    select
        '{{ system }}' as system,
        '{{ object }}' as object,
        (select count(*) from {{ raw_relation(system, object) }} where _known_to is null) as open_rows,
        (select count(*) from {{ ref('stg_' ~ kind ~ '__' ~ object) }} where source_system = '{{ system }}' and known_to is null) as staged,
        0 as deleted_by_flag,
        (select count(*) from {{ raw_relation(system, object) }} where _known_to is null and _occurrence > 1) as duplicates
{% endmacro %}
