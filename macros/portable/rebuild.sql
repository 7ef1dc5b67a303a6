{#
  A refresh starts from a copy of the version that serves, so a model need not be built anew as a whole. The program says
  which changed relations each table is made of, views looked through (`graph.rebuild`, tieout/rebuild.py), and each table
  says there what became of it:

  same   what it is made of has the content it had, or it was built and came out as it was: it stands
  rows   the rows of some keys were replaced; `rebuild.<model>__was` and `__now` hold those that differ
  whole  it was built anew, or nothing is known

  A model says with `config(meta={'rows_by': {...}})` what rows of it a changed row touches:

  key    expression over its own columns; all rows of a key are made anew together
  from   by changed table, how its differing rows name such keys: an expression over its columns, a select in which
         `{changed}` stands for these rows and `{model}` for any model, or `macro` and the name of one that gives a
         select. A table that is not named here makes the model be built as a whole, and so does a new as-of date of a
         model whose SQL names it: it is the table `as_of` here, with a column of that name.

  `config(meta={'reads': {model: [columns]}})` says that only these columns of what it reads matter: rows that differ in
  others do not count as changed. A view may say so too, and a model without `rows_by`.

  A model with `rows_by` reads what it is made of through `rows_of(model, key expression)`. The promise is that rows of one
  key depend on what `rows_of` gives for that key and on nothing else that changed. tests/tieout/test_rebuild.py holds it to
  that.

  `config(meta={'keeps_difference': true})` is for a small model that is made as a whole and that much waits for: it keeps
  the rows by which it differs. A test of severity error whose tables stand has passed on them before, and does not look
  again.
#}

{% macro rebuild_relation(suffix) -%}
    {{ adapter.quote('rebuild') }}.{{ adapter.quote(model.name ~ '__' ~ suffix) }}
{%- endmacro %}

{# A select that gives one row, as a list; none where there is none. #}
{% macro _one_row(sql) -%}
    {%- set found = run_query(sql) -%}
    {{ return(found.rows[0].values() | list if found.rows else none) }}
{%- endmacro %}

{# Whether the program has said what differs from the version that the build starts from. #}
{% macro is_partial() -%}
    {{ return(execute and target.type == 'duckdb' and graph.get('rebuild') is not none) }}
{%- endmacro %}

{# how_to_build(): same, rows or whole, decided once per model and refresh. Before anything is decided: whole. #}
{% macro how_to_build() -%}
    {%- if not is_partial() or model.resource_type not in ('model', 'test') -%}
        {{ return('whole') }}
    {%- endif -%}
    {%- if model.unique_id not in graph.rebuild.decided -%}
        {%- do graph.rebuild.decided.update({model.unique_id: _decide(model.schema ~ '.' ~ model.alias)}) -%}
    {%- endif -%}
    {{ return(graph.rebuild.decided[model.unique_id]) }}
{%- endmacro %}

{% macro _decide(relation) -%}
    {%- set changed = _changed_inputs(relation) -%}
    {%- set by = (model.config.meta or {}).get('rows_by') -%}
    {%- if not changed -%}{{ return('same') }}{%- endif -%}
    {%- if not by or load_cached_relation(this) is none -%}{{ return('whole') }}{%- endif -%}
    {%- set keys = [] -%}
    {%- for input in changed -%}
        {%- if input.state != 'rows' or input.name not in by['from'] -%}{{ return('whole') }}{%- endif -%}
        {%- do keys.append(_touched_by(input, by['from'][input.name])) -%}
    {%- endfor -%}
    {%- do run_query(
        'create or replace table ' ~ rebuild_relation('keys') ~ ' as select distinct row_key from ('
        ~ keys | join(' union all ') ~ ') as touched (row_key) where row_key is not null'
    ) -%}
    {#- rows that are deleted stay in the file: where too many have gathered, or most are touched, a table is made whole -#}
    {%- set counts = _one_row(
        'select count(*), coalesce(max(rowid), -1) + 1, count(*) filter (' ~ by.key ~ ' in (select row_key from '
        ~ rebuild_relation('keys') ~ ')) from ' ~ this
    ) -%}
    {%- set rows, places, touched = counts[0], counts[1], counts[2] -%}
    {%- set is_too_much = touched * 100 > rows * graph.rebuild.most_rows_pct or rows * 5 < places * 4 -%}
    {{ return('whole' if is_too_much else 'rows') }}
{%- endmacro %}

{# What a model or test is made of and that differs from what it was: name, state and the columns that matter. #}
{% macro _changed_inputs(relation) -%}
    {%- set changed = [] -%}
    {%- for name, columns in graph.rebuild.inputs.get(relation, {}).items() -%}
        {%- set input = {'name': name, 'state': graph.rebuild.states.get(name, 'whole'), 'columns': columns} -%}
        {%- set is_read_in_part = input.state == 'rows' and columns is not none -%}
        {%- if input.state == 'same' -%}
        {%- elif not is_read_in_part or _one_row('select count(*) from ' ~ differing_rows(input))[0] -%}
            {%- do changed.append(input) -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return(changed) }}
{%- endmacro %}

{# The select of the keys that the differing rows of an input touch, from how the model's `rows_by` says it. #}
{% macro _touched_by(input, named) -%}
    {%- if named.startswith('macro ') -%}
        {{ return(context[named[6:]]()) }}
    {%- endif -%}
    {%- set asked = [named if '{changed}' in named else 'select ' ~ named ~ ' from {changed}'] -%}
    {%- for model_name in modules.re.findall('{(\\w+)}', named) if model_name != 'changed' -%}
        {%- do asked.append(asked[-1] | replace('{' ~ model_name ~ '}', relation_of(model_name))) -%}
    {%- endfor -%}
    {{ return(asked[-1] | replace('{changed}', differing_rows(input) ~ ' as changed')) }}
{%- endmacro %}

{# Whether the rows by which a model differs from what it was are known. #}
{% macro _has_rows_kept(name) -%}
    {{ return(is_partial() and graph.rebuild.states.get(name) == 'rows') }}
{%- endmacro %}

{# rows_of_side(model, side): of a model the rows that went (`was`) or came (`now`); none where nothing is known to. #}
{% macro rows_of_side(name, side) -%}
    {%- if _has_rows_kept(name) -%}
        rebuild."{{ name }}__{{ side }}"
    {%- else -%}
        (select * from {{ relation_of(name) }} where 1 = 0)
    {%- endif -%}
{%- endmacro %}

{# The rows by which a table differs from what it was, of both sides: in the columns that are read, where that is said. #}
{% macro differing_rows(input) -%}
    {%- set was, now = 'rebuild."' ~ input.name ~ '__was"', 'rebuild."' ~ input.name ~ '__now"' -%}
    {%- set columns = input.columns -%}
    {%- if columns -%}
        (
            (select {{ columns }} from {{ was }} except all select {{ columns }} from {{ now }})
            union all
            (select {{ columns }} from {{ now }} except all select {{ columns }} from {{ was }})
        )
    {%- else -%}
        (select * from {{ was }} union all select * from {{ now }})
    {%- endif -%}
{%- endmacro %}

{# rows_of(model, key): the relation, or where rows are replaced those of its rows that the touched keys are made of. #}
{% macro rows_of(name, key) -%}
    {%- set relation = ref(name) -%}
    {%- if how_to_build() == 'rows' -%}
        (select * from {{ relation }} where {{ key }} in (select row_key from {{ rebuild_relation('keys') }}))
    {%- else -%}
        {{ relation }}
    {%- endif -%}
{%- endmacro %}

{# touched_keys(expression): a condition that holds for what the touched keys are made of; true where all is made anew. #}
{% macro touched_keys(expression) -%}
    {%- if how_to_build() == 'rows' -%}
        {{ expression }} in (select row_key from {{ rebuild_relation('keys') }})
    {%- else -%}
        true
    {%- endif -%}
{%- endmacro %}

{#
  first_touched_day(): one row for a model whose keys are days, all days from the first touched one to the last: the day
  from which it is made anew, and the day before as opening_day, on which all that stands by then begins.
#}
{% macro first_touched_day() -%}
    {%- if how_to_build() == 'rows' -%}
        select
            min(row_key) as first_day,
            {{ add_days('min(row_key)', -1) }} as opening_day
        from {{ rebuild_relation('keys') }}
    {%- else -%}
        select
            {{ beginning_of_time() }} as first_day,
            {{ beginning_of_time() }} as opening_day
    {%- endif -%}
{%- endmacro %}

{% macro set_state(state) -%}
    {%- if is_partial() -%}
        {%- do graph.rebuild.states.update({model.name: state}) -%}
    {%- endif -%}
{%- endmacro %}

{#
  What is kept of a table that is about to be made as a whole, to compare it with what it will be: its rows, where the
  model says `keeps_difference` (it is small, and much waits to know which rows differ), else a digest.
#}
{% macro remembered(relation) -%}
    {%- if _keeps_difference() -%}
        {%- do run_query('create or replace table ' ~ rebuild_relation('before') ~ ' as select * from ' ~ relation) -%}
        {{ return(none) }}
    {%- endif -%}
    {{ return(content_of(relation)) }}
{%- endmacro %}

{# The state of a table that was made as a whole, beside what was remembered of it. #}
{% macro compared(relation, before) -%}
    {%- if _keeps_difference() -%}
        {%- do run_query('create or replace table ' ~ rebuild_relation('after') ~ ' as select * from ' ~ relation) -%}
        {%- do run_query(keep_difference(rebuild_relation('before'), rebuild_relation('after'))) -%}
        {{ return(state_of_difference()) }}
    {%- endif -%}
    {{ return('same' if before is not none and before == content_of(relation) else 'whole') }}
{%- endmacro %}

{% macro _keeps_difference() -%}
    {{ return((model.config.meta or {}).get('keeps_difference', false)) }}
{%- endmacro %}

{# content_of(relation): a digest of its rows, in any order; none where there are too many for it to be worth it. #}
{% macro content_of(relation) -%}
    {%- set rows = _one_row('select count(*) from ' ~ relation)[0] -%}
    {%- if rows > 1000000 -%}{{ return(none) }}{%- endif -%}
    {%- set digest = _one_row('select cast(sum(cast(hash(content) as hugeint)) as varchar) from ' ~ relation ~ ' as content') -%}
    {{ return([rows, digest[0]]) }}
{%- endmacro %}

{# Replace the rows of the touched keys by what the model gives for them, and keep what differs. #}
{% macro replace_rows(relation, sql) -%}
    {#- by their place: the engine then reads these rows alone, and not every column of every row -#}
    {%- set touched -%}
        rowid in (
            select rowid from {{ relation }}
            where {{ model.config.meta.rows_by.key }} in (select row_key from {{ rebuild_relation('keys') }})
        )
    {%- endset -%}
    {%- set before, after = rebuild_relation('before'), rebuild_relation('after') -%}
    create or replace table {{ after }} as select * from ({{ sql }}) as made;
    create or replace table {{ before }} as select * from {{ relation }} where {{ touched }};
    delete from {{ relation }} where {{ touched }};
    insert into {{ relation }} by name select * from {{ after }};
    {# once more, as the table's own types have it #}
    create or replace table {{ after }} as select * from {{ relation }} where {{ touched }};
    {{ keep_difference(before, after) }}
{%- endmacro %}

{# The rows by which two tables differ, as `was` and `now`; both tables are dropped. #}
{% macro keep_difference(before, after) -%}
    create or replace table {{ rebuild_relation('was') }} as
    select * from {{ before }} except all select * from {{ after }};
    create or replace table {{ rebuild_relation('now') }} as
    select * from {{ after }} except all select * from {{ before }};
    drop table {{ before }};
    drop table {{ after }};
{%- endmacro %}

{# same where the kept difference is empty, else rows. #}
{% macro state_of_difference() -%}
    {%- set found = _one_row(
        'select (select count(*) from ' ~ rebuild_relation('was') ~ ') + (select count(*) from '
        ~ rebuild_relation('now') ~ ')'
    ) -%}
    {{ return('rows' if found[0] else 'same') }}
{%- endmacro %}

{# What a test asks. Where all that it looks at is what it was, it found nothing then and is not asked again. #}
{% macro duckdb__get_test_sql(main_sql, fail_calc, warn_if, error_if, limit) -%}
    {%- if (config.get('severity') or 'error') | lower == 'error' and how_to_build() == 'same' -%}
        select 0 as failures, false as should_warn, false as should_error
    {%- else -%}
        {{ default__get_test_sql(main_sql, fail_calc, warn_if, error_if, limit) }}
    {%- endif -%}
{%- endmacro %}

{#
  where_rows_came(columns): limits a test of the table `tested` to those combinations of columns that a row has which came
  in this refresh. The others were tested before, and nothing has joined them since.
#}
{% macro where_rows_came(columns) -%}
    {%- set name = model.depends_on.nodes[0].split('.')[2] if execute else '' -%}
    {%- if _has_rows_kept(name) -%}
        where exists (
            select 1 from rebuild."{{ name }}__now" as came
            where {% for column in columns %}tested.{{ column }} is not distinct from came.{{ column }}
                {%- if not loop.last %} and {% endif %}{% endfor %}
        )
    {%- endif -%}
{%- endmacro %}
