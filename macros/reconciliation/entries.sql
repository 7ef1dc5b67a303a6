{# What the checks over time entries share: the item, its money, its owners and the left side of the evidence. #}

{# from the entries with what each is worth, as `entries`, and their owners. #}
{% macro entries_with_value() -%}
from {{ ref('int_entry_value') }} as entries
left join {{ ref('dim_contract_line') }} as owners
    on entries.contract_line_version_key_as_was = owners.contract_line_version_key
{%- endmacro %}

{# The contracting entity, else the project's, on the work date. #}
{% macro entry_owner_entity() -%}
    owners.legal_entity_id as owner_entity_id
{%- endmacro %}

{% macro no_right_side() -%}
    cast(null as {{ dbt.type_string() }}) as right_system,
    cast(null as {{ dbt.type_string() }}) as right_object,
    cast(null as {{ dbt.type_string() }}) as right_id,
    cast(null as {{ dbt.type_string() }}) as right_value
{%- endmacro %}

{% macro entry_item() -%}
    'time|' || entries.source_system || ':' || entries.time_entry_id as item_key,
    'Time entry ' || entries.time_entry_id as item_name
{%- endmacro %}

{% macro entry_money() -%}
    'time|' || entries.source_system || ':' || entries.time_entry_id as transaction_key,
    abs(entries.entry_value) as stake_amount,
    abs(entries.entry_value) as tested_amount,
    cast(null as numeric(28, 6)) as display_amount,
    entries.entry_value_currency as currency
{%- endmacro %}

{% macro entry_owners() -%}
    coalesce('line|' || entries.contract_line_id, 'project|' || entries.project_key) as owner_id,
    entries.contract_line_id as contract_line_id,
    entries.project_key as project_key,
    entries.employee_key as employee_key,
    entries.employment_key as employment_key,
    entries.correlation_id as correlation_id
{%- endmacro %}

{% macro left_is_entry(value) -%}
    entries.source_system as left_system,
    entries.source_object as left_object,
    entries.time_entry_id as left_id,
    {{ value }} as left_value
{%- endmacro %}

{# The item that an entry is where it may be the double of another. #}
{% macro suspected_entry(entries) -%}
    'suspected|time|' || {{ entries }}.source_system || ':' || {{ entries }}.time_entry_id
{%- endmacro %}

{#
  Entries that may look like one that differs, by the item they are: those of its person, project and day. Whether an
  entry is corrected sets it apart as well, so those that a correction names count as differing.
#}
{% macro touched_references() %}
    select {{ suspected_entry('alike') }}
    from {{ relation_of('fct_time_entry') }} as alike
    inner join (
        {%- for side in ['was', 'now'] %}
        select employee_key, project_key, work_date from {{ rows_of_side('fct_time_entry', side) }}
        union
        select corrected.employee_key, corrected.project_key, corrected.work_date
        from {{ relation_of('fct_time_entry') }} as corrected
        where corrected.time_entry_id in (
            select corrects_id from {{ rows_of_side('fct_time_entry', side) }} where corrects_id is not null
        )
        {% if not loop.last %}union{% endif %}
        {%- endfor %}
    ) as differing
        on
            alike.employee_key = differing.employee_key
            and alike.project_key = differing.project_key
            and alike.work_date = differing.work_date
    where nullif(trim(alike.note), '') is not null
    {%- for side in ['was', 'now'] %}
    union all
    select {{ suspected_entry('gone') }}
    from {{ rows_of_side('fct_time_entry', side) }} as gone
    {%- endfor %}
{% endmacro %}
