{#
  A refresh builds in a private copy of the warehouse that nobody reads until the gate has passed, so the usual
  swap (build beside, rename old, rename new, drop old) protects nothing and costs two thirds of the time of a
  small model. On DuckDB a table or view is replaced in place, with its comments, in one transaction.
  PostgreSQL keeps dbt's own way.
#}
{% materialization table, adapter='duckdb' %}
    {%- set target_relation = this.incorporate(type='table') -%}
    {%- set how = how_to_build() -%}
    {{ run_hooks(pre_hooks) }}
    {%- if how != 'whole' %}
        {{ spare(how, target_relation, compiled_code) }}
    {%- else %}
        {%- set is_there = is_partial() and load_cached_relation(target_relation) is not none -%}
        {%- set before = remembered(target_relation) if is_there else none -%}
        {% call statement('main') -%}
            {{ drop_other_kind(target_relation) }}
            drop table if exists {{ target_relation }};
            {{ create_table_as(False, target_relation, compiled_code) }}
            {{ documentation_sql(target_relation) }}
        {%- endcall %}
        {%- do set_state(compared(target_relation, before) if is_there else 'whole') -%}
    {%- endif %}
    {{ run_hooks(post_hooks) }}
    {{ adapter.commit() }}
    {{ return({'relations': [target_relation]}) }}
{% endmaterialization %}

{% materialization view, adapter='duckdb' %}
    {%- set target_relation = this.incorporate(type='view') -%}
    {{ run_hooks(pre_hooks) }}
    {% call statement('main') -%}
        {{ drop_other_kind(target_relation) }}
        drop view if exists {{ target_relation }};
        {{ get_create_view_as_sql(target_relation, sql) }}
        {{ documentation_sql(target_relation) }}
    {%- endcall %}
    {{ run_hooks(post_hooks) }}
    {{ adapter.commit() }}
    {{ return({'relations': [target_relation]}) }}
{% endmaterialization %}

{#
  A table made part by part: the model is a union whose branches are joined by `union all -- part`, and each branch is a
  statement of its own. Together they would want the memory of all of them at once.
#}
{% materialization table_of_parts, default %}
    {%- set target_relation = this.incorporate(type='table') -%}
    {%- set parts = compiled_code.split('union all -- part') -%}
    {%- set how = how_to_build() -%}
    {{ run_hooks(pre_hooks) }}
    {%- if how == 'whole' %}
        {% call statement('main') -%}
            {{ drop_other_kind(target_relation) }}
            drop table if exists {{ target_relation }};
            {{ create_table_as(False, target_relation, parts[0]) }}
        {%- endcall %}
        {%- for part in parts[1:] %}
            {% call statement('part_' ~ loop.index) -%}
                insert into {{ target_relation }}
                {{ part }}
            {%- endcall %}
        {%- endfor %}
        {% do persist_docs(target_relation, model) %}
        {%- do set_state('whole') -%}
    {%- else %}
        {{ spare(how, target_relation, compiled_code) }}
    {%- endif %}
    {{ run_hooks(post_hooks) }}
    {{ adapter.commit() }}
    {{ return({'relations': [target_relation]}) }}
{% endmaterialization %}

{# What is done of a table that is not made as a whole: nothing, or its touched rows. #}
{% macro spare(how, relation, sql) -%}
    {%- if how == 'same' %}
        {% call statement('main') -%} select 1 as stands {%- endcall %}
        {%- do set_state('same') -%}
    {%- else %}
        {% call statement('main') -%} {{ replace_rows(relation, sql) }} {%- endcall %}
        {%- do set_state(state_of_difference()) -%}
    {%- endif %}
{%- endmacro %}

{# A model that was a view and is a table now, or the other way round: its name must be free. #}
{% macro drop_other_kind(relation) -%}
    {%- set existing = load_cached_relation(relation) -%}
    {%- if existing is not none and existing.type != relation.type -%}
        drop {{ existing.type }} {{ existing }};
    {%- endif -%}
{%- endmacro %}

{# Descriptions as comments; a column that is described and not delivered is left to the contract to report. #}
{% macro documentation_sql(relation) -%}
    {%- if config.persist_relation_docs() and model.description -%}
        comment on {{ relation.type }} {{ relation }} is {{ duckdb_escape_comment(model.description) }};
    {%- endif -%}
    {%- if config.persist_column_docs() -%}
        {%- for column in model.columns.values() if column.description %}
            comment on column {{ relation }}.{{ column.name }} is {{ duckdb_escape_comment(column.description) }};
        {%- endfor -%}
    {%- endif -%}
{%- endmacro %}
