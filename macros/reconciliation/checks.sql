{#
  A check is one file in models/reconciliation/checks: its metadata in `config(meta=…)` and a select that gives one row
  per item and transaction of its population, with the columns of `check_columns`. Everything else (grace, age, severity,
  money once, status, counts) is done for all checks alike in models/reconciliation.

  The program lists the files and hands their names over as var `checks`, because a model can only refer to another by
  a name that is known when the project is parsed.
#}

{#
  item_key         the business's own key of the item: a break keeps its identity over reloads
  outcome          passed, failed or not_applicable; of an item with several transactions, failed where any is
  finding          a sentence: what disagrees, or why the rule has nothing to say
  event_date       the business event from which the break ages
  transaction_key  what is at stake: a transaction's money is claimed once
  stake_amount     in `currency`; null where it cannot be known
  tested_amount    money that was looked at, in `currency`
  display_amount   shown beside the stake, in `currency`
  owner_id         owner of the money (dim_contract_line), owner_entity_id its entity, whose business days count
  item_severity    instead of the check's own severity; only where the metadata says `grades_items`
  left_*, right_*  both sides: system, object and id of the record, and the value that is compared
#}
{% macro check_columns() -%}
    {{ return({
        'item_key': 'string', 'item_name': 'string', 'outcome': 'string', 'finding': 'string', 'event_date': 'date',
        'transaction_key': 'string', 'stake_amount': 'numeric(28,6)', 'tested_amount': 'numeric(28,6)',
        'display_amount': 'numeric(28,6)', 'currency': 'string', 'owner_id': 'string', 'owner_entity_id': 'string',
        'contract_line_id': 'string', 'project_key': 'string', 'employee_key': 'string',
        'employment_key': 'string', 'left_system': 'string', 'left_object': 'string', 'left_id': 'string',
        'left_value': 'string', 'right_system': 'string', 'right_object': 'string', 'right_id': 'string',
        'right_value': 'string', 'correlation_id': 'string',
    }) }}
{%- endmacro %}

{# The metadata block of a check, by the name of its model. Known when models run, not when they are parsed. #}
{% macro check_meta(model_name) -%}
    {%- set node = graph.get('nodes', {}).get('model.tieout.' ~ model_name) -%}
    {{ return((node.config.get('meta') or {}) if node else {}) }}
{%- endmacro %}

{#
  What a check makes uncertain: `metric`, `metric:counts` or `metric:counts:missing` in its list of touches. `counts` says
  what of a transaction stands or would stand in the number (models/reconciliation/rec_break_touch.sql), the stake where it
  is left out; `missing`, that it does not stand there yet.
#}
{% macro check_touches(model_name) -%}
    {%- set found = [] -%}
    {%- for spelled in check_meta(model_name).get('touches', []) -%}
        {%- set parts = spelled.split(':') -%}
        {%- do found.append({
            'metric': parts[0], 'counts': parts[1] if parts | length > 1 else 'stake', 'is_missing': 'missing' in parts[2:],
        }) -%}
    {%- endfor -%}
    {{ return(found) }}
{%- endmacro %}

{#
  The relation of a model whose name is only known when models run (metadata of another model names it). Use it where
  what is read is upstream of something that is referred to, so that it is built before.
#}
{% macro relation_of(model_name) -%}
    {{ graph.get('nodes', {}).get('model.tieout.' ~ model_name, {}).get('relation_name', model_name) }}
{%- endmacro %}

{# Entities that a check needs and no system of the firm delivers: a check with such does not run, and says so. #}
{% macro entities_missing_for(model_name) -%}
    {%- set missing = [] -%}
    {%- for entity in check_meta(model_name).get('needs', []) if not systems_feeding(entity) -%}
        {%- do missing.append(entity) -%}
    {%- endfor -%}
    {{ return(missing) }}
{%- endmacro %}

{# A tolerance of a check: what the policy says at the as-of date, else the default. `kind` is amount or share. #}
{% macro check_tolerance(check_id, kind, default) -%}
    coalesce((
        select max(overrides.tolerance_{{ kind }})
        from {{ ref('check_policy') }} as overrides
        where overrides.check_id = '{{ check_id }}' and {{ holds_on(date_literal(var('as_of')), 'overrides') }}
    ), {{ default }})
{%- endmacro %}

{# The failed transactions of every check, typed, with the id of the check. #}
{% macro failed_transactions() %}
    {%- set columns = check_columns() -%}
    {%- for name in var('checks') %}
    select
        {{ "'" ~ (check_meta(name).get('check') or name) ~ "'" }} as check_id,
        {{ 'items.item_severity' if check_meta(name).get('grades_items') else 'cast(null as ' ~ dbt.type_string() ~ ')' }}
            as item_severity,
        {% for column in columns -%}
        cast(items.{{ column }} as {{ engine_type(columns[column]) }}) as {{ column }}{{ ',' if not loop.last }}
        {% endfor -%}
    from {{ ref(name) }} as items
    where items.outcome = 'failed'
    {% if not loop.last %}union all{% endif %}
    {%- else %}
    select
        cast(null as {{ dbt.type_string() }}) as check_id,
        cast(null as {{ dbt.type_string() }}) as item_severity,
        {% for column in columns -%}
        cast(null as {{ engine_type(columns[column]) }}) as {{ column }}{{ ',' if not loop.last }}
        {% endfor -%}
    where 1 = 0
    {%- endfor %}
{% endmacro %}

{#
  Items of every check, looked at once: its population, those of which the rule has something to say and those whose
  condition holds, whether their grace has passed or not; the rows and the items that the table of its population holds,
  rows without what a check must say, and the money tested in reporting currency. One part a check (materialization
  table_of_parts), since each keeps its keys in memory to count them.

  A check whose items each lie in one week, and whose money hangs on nothing outside it, says so by `counted_on`: the day
  of a row of its population, which its select gives as counted_on. It is counted month by month of the weeks' Mondays,
  so that work of the last days does not count that of years again.
#}
{% macro counted_items() %}
    {%- set is_faulty -%}
        items.item_key is null
                or items.transaction_key is null
                or items.outcome is null
                or items.outcome not in ('passed', 'failed', 'not_applicable')
                or (items.outcome = 'failed' and (items.finding is null or items.event_date is null))
    {%- endset -%}
    {%- for name in var('checks') %}
    {%- set meta = check_meta(name) %}
    {%- set check_id = meta.get('check') or name %}
    {%- set population = meta.get('population', {}) %}
    {%- set whole = (population.get('where', 'true') | replace('today', date_literal(var('as_of')))) %}
    {%- set day = meta.get('counted_on') %}
    select
        '{{ check_id }}' as check_id,
        counted_month,
        {{ 'true' if meta.get('item_is_transaction') else 'false' }} as item_is_transaction,
        cast(sum(expected_items) as bigint) as expected_items,
        cast(sum(population) as bigint) as population,
        cast(sum(row_count) as bigint) as row_count,
        cast(sum(tested) as bigint) as tested,
        cast(sum(holding) as bigint) as holding,
        cast(sum(money_tested) as numeric(28, 6)) as money_tested,
        cast(sum(faulty_rows) as bigint) as faulty_rows,
        min(faulty_item) as faulty_item
    from (
        select
            {{ month_of_week(day) if day else 'cast(null as date)' }} as counted_month,
            count({{ '' if population.get('is_row_key') else 'distinct ' }}{{ population.get('key', '1') }})
            {%- if population.get('second_key') %} + count(distinct {{ population.second_key }}){% endif %}
                as expected_items,
            0 as population,
            0 as row_count,
            0 as tested,
            0 as holding,
            cast(null as numeric(28, 6)) as money_tested,
            0 as faulty_rows,
            cast(null as {{ dbt.type_string() }}) as faulty_item
        from {{ relation_of(population.get('table', name)) }}
        where ({{ whole }}) and {{ touched_count(check_id, day) }}
        group by 1
        union all
        select
            {{ month_of_week('items.counted_on') if day else 'cast(null as date)' }} as counted_month,
            0 as expected_items,
            count(distinct items.item_key) as population,
            count(*) as row_count,
            count(distinct case when items.outcome <> 'not_applicable' then items.item_key end) as tested,
            count(distinct case when items.outcome = 'failed' then items.item_key end) as holding,
            sum(
                case
                    when items.outcome <> 'not_applicable'
                        then {{ at_rate('abs(items.tested_amount)', 'items.currency', reporting_currency(), 'spots') }}
                end
            ) as money_tested,
            count(case when {{ is_faulty }} then 1 end) as faulty_rows,
            min(case when {{ is_faulty }} then coalesce(items.item_key, '?') end) as faulty_item
        from {{ ref(name) }} as items
        {{ exchange_rate('spots', 'spot', 'items.currency', reporting_currency(), date_literal(var('as_of'))) }}
        where {{ touched_count(check_id, 'items.counted_on' if day else none) }}
        group by 1
    ) as counted
    group by counted_month
    {% if not loop.last %}union all -- part{% endif %}
    {%- else %}
    select
        cast(null as {{ dbt.type_string() }}) as check_id,
        cast(null as date) as counted_month,
        false as item_is_transaction,
        cast(0 as bigint) as expected_items,
        cast(0 as bigint) as population,
        cast(0 as bigint) as row_count,
        cast(0 as bigint) as tested,
        cast(0 as bigint) as holding,
        cast(null as numeric(28, 6)) as money_tested,
        cast(0 as bigint) as faulty_rows,
        cast(null as {{ dbt.type_string() }}) as faulty_item
    where 1 = 0
    {%- endfor %}
{% endmacro %}

{# The month of a day's Monday: a week, and each of its days, lies in one. #}
{% macro month_of_week(day) -%}
    {{ return(month_start(week_start(day))) }}
{%- endmacro %}

{# Whether a row has part in a count that is made anew. `day`: by which it is counted; none where it is not by month. #}
{% macro touched_count(check_id, day) -%}
    {%- if how_to_build() != 'rows' or not day -%}
        true
    {%- else -%}
        {%- set months -%}
            select cast(split_part(row_key, '|', 2) as date) as counted_month from {{ rebuild_relation('keys') }}
            where row_key like '{{ check_id }}|%'
        {%- endset -%}
        {%- set ends = _one_row('select min(counted_month), max(counted_month) from (' ~ months ~ ') as touched') -%}
        {%- if ends[0] is none -%}
            false
        {%- else -%}
            {#- as bounds of the day itself first, so that the engine passes over most rows without a look at them -#}
            {{ day }} >= {{ date_literal(ends[0]) }}
            and {{ day }} < {{ add_days(add_months(date_literal(ends[1]), 1), 7) }}
            and {{ month_of_week(day) }} in ({{ months }})
        {%- endif -%}
    {%- endif -%}
{%- endmacro %}

{# The counts that are made anew: of the months of entries that differ, and those that are not made by month. #}
{% macro counts_to_make() %}
    {%- for name in var('checks') %}
    {%- set check_id = check_meta(name).get('check') or name %}
    {%- if check_meta(name).get('counted_on') %}
    {%- for side in ['was', 'now'] %}
    select '{{ check_id }}|' || cast({{ month_of_week('work_date') }} as {{ dbt.type_string() }})
    from {{ rows_of_side('fct_time_entry', side) }}
    {% if not loop.last %}union all{% endif %}
    {%- endfor %}
    {%- else %}
    select '{{ check_id }}|'
    {%- endif %}
    {% if not loop.last %}union all{% endif %}
    {%- endfor %}
{% endmacro %}

{# One row per check: its metadata block as columns. Lists become texts with commas. #}
{% macro described_checks() %}
    {%- set texts = ['title', 'workflow', 'key', 'rule', 'action', 'clock', 'stake_kind', 'stake', 'severity', 'owner_team'] -%}
    {%- for name in var('checks') %}
    {%- set meta = check_meta(name) %}
    {%- set missing = entities_missing_for(name) if execute else [] %}
    select
        {{ text_literal(meta.get('check') or name) }} as check_id,
        {% for key in texts -%}
        {{ text_literal(meta.get(key, '')) }} as {{ key }},
        {% endfor -%}
        {{ text_literal(meta.get('systems', []) | join(', ')) }} as systems,
        {{ text_literal(check_touches(name) | map(attribute='metric') | join(',')) }} as touches,
        {{ meta.get('cause_rank', 7) }} as cause_rank,
        {{ meta.get('grace_business_days', 0) }} as grace_business_days,
        {{ text_literal(missing | join(', ')) }} as entities_missing
    {% if not loop.last %}union all{% endif %}
    {%- else %}
    select
        cast(null as {{ dbt.type_string() }}) as check_id,
        {% for key in texts -%}
        cast(null as {{ dbt.type_string() }}) as {{ key }},
        {% endfor -%}
        cast(null as {{ dbt.type_string() }}) as systems,
        cast(null as {{ dbt.type_string() }}) as touches,
        0 as cause_rank,
        0 as grace_business_days,
        cast(null as {{ dbt.type_string() }}) as entities_missing
    where 1 = 0
    {%- endfor %}
{% endmacro %}

{% macro text_literal(text) -%}
    cast('{{ text | replace("'", "''") }}' as {{ dbt.type_string() }})
{%- endmacro %}
