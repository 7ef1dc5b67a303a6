{# What the checks over time entries share: the item, its money, its owners and the left side of the evidence. #}

{# from fct_time_entry as `entries` with what each is worth as `worth`. #}
{% macro entries_with_value() -%}
from {{ ref('fct_time_entry') }} as entries
left join {{ ref('int_entry_value') }} as worth on entries.time_entry_key = worth.time_entry_key
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
    abs(worth.entry_value) as stake_amount,
    abs(worth.entry_value) as tested_amount,
    cast(null as numeric(28, 6)) as display_amount,
    worth.currency as currency
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
