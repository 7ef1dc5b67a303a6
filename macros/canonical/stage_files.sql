{#
  Staging of the drop folder. Every canonical entity is one object there, so its rules are the contract's:
  a value that is not of the contract's type, a required value that is missing, a word or a number that is not
  among the allowed ones, or an interval that ends before it starts makes the row unusable, with its reason.
#}

{# Optional columns that a drop-folder extract of any entity may carry. #}
{% macro files_common_columns() -%}
    {{ return([
        'source_version', 'source_url', 'correlation_id', 'idempotency_key', 'valid_from', 'valid_to', 'is_deleted',
    ]) }}
{%- endmacro %}

{#
  files_rules(entity): what makes a row unusable, in the order in which it is said: {column, text, when, reason, cure}.
  `text` is the value as it was received. A reason goes on after the column and the value: `hours 'eight' is not a
  number`; a cure can be followed without looking anything up.
#}
{% macro files_rules(entity) -%}
    {%- set columns = entity_columns(entity) -%}
    {%- set rules = [] -%}
    {%- for column in columns -%}
        {%- do column.update({'text': column.name ~ ('__text' if column.data_type != 'string' else '')}) -%}
    {%- endfor -%}
    {%- set interval = [
        {'name': 'valid_from', 'text': 'valid_from__text', 'data_type': 'date'},
        {'name': 'valid_to', 'text': 'valid_to__text', 'data_type': 'date'},
        {'name': 'is_deleted', 'text': 'is_deleted__text', 'data_type': 'boolean'},
    ] -%}
    {%- set starts = interval[:1] if effective_dating(entity) in ('interval', 'key') else [] -%}
    {%- for column in columns | selectattr('required') | list + starts -%}
        {%- do rules.append({
            'column': column.name, 'text': column.text, 'when': column.text ~ ' is null', 'reason': 'missing',
            'cure': 'Fill this column: the contract requires it.',
        }) -%}
    {%- endfor -%}
    {%- for column in columns | rejectattr('data_type', 'equalto', 'string') | list + interval -%}
        {%- do rules.append({
            'column': column.name, 'text': column.text,
            'when': column.text ~ ' is not null and ' ~ column.name ~ ' is null',
            'reason': 'not ' ~ type_words(column.data_type), 'cure': type_cure(column.data_type),
        }) -%}
    {%- endfor -%}
    {%- for column in columns if column.allowed -%}
        {%- do rules.append({
            'column': column.name, 'text': column.text, 'when': column.name ~ ' not in ' ~ quoted_words(column.allowed),
            'reason': 'not one of ' ~ column.allowed | join(', '),
            'cure': 'Write one of these words; letter case does not matter.',
        }) -%}
    {%- endfor -%}
    {%- for column in columns if column.maximum is not none -%}
        {%- do rules.append({
            'column': column.name, 'text': column.text,
            'when': column.name ~ ' not between ' ~ column.minimum ~ ' and ' ~ column.maximum,
            'reason': 'not from ' ~ column.minimum ~ ' to ' ~ column.maximum, 'cure': 'Correct the number.',
        }) -%}
    {%- endfor -%}
    {%- do rules.append({
        'column': 'valid_to', 'text': 'valid_to__text', 'when': 'valid_to < valid_from', 'reason': 'before valid_from',
        'cure': 'End the interval on or after its first day; valid_to is the first day not covered.',
    }) -%}
    {%- if entity == 'contract_line' -%}
        {%- do rules.append({
            'column': 'end_date', 'text': 'end_date__text', 'when': 'end_date < start_date',
            'reason': 'before start_date', 'cure': 'Write a last day on or after the first day.',
        }) -%}
    {%- endif -%}
    {{ return(rules) }}
{%- endmacro %}

{% macro quoted_words(words) -%}
    ({% for word in words %}'{{ word }}'{{ ', ' if not loop.last }}{% endfor %})
{%- endmacro %}

{# An enumerated word in the contract's spelling, whatever its letter case; any other text as it is. #}
{% macro as_allowed(column, words) -%}
    case
            when {{ column }} is null or {{ column }} in {{ quoted_words(words) }} then {{ column }}
            {% for word in words -%}
            when lower({{ column }}) = '{{ word | lower }}' then '{{ word }}'
            {% endfor -%}
            else {{ column }}
        end
{%- endmacro %}

{#
  files_classified(entity): CTEs ending in `classified`: the current row of each record, cast, with `verdict` (the
  number of the first rule that it breaks, null where it is usable) and is_duplicate.
#}
{% macro files_classified(entity) %}
    {%- set columns = entity_columns(entity) -%}
    {%- set dating = effective_dating(entity) -%}
    {%- set names = columns | map(attribute='name') | list -%}
with received as (
    {%- if how_to_build() == 'rows' %}
    select * from (
        {{ raw_union('files', entity, names + files_common_columns()) }}
    ) as every_record
    -- all spellings of a key, since the latest of them counts
    where {{ touched_keys("source_system || ':' || trim(_native_key)") }}
    {%- else %}
    {{ raw_union('files', entity, names + files_common_columns()) }}
    {%- endif %}
),

latest as (
    select received.*
    from received
    where received._known_to is null
    union all
    -- a record that the source deleted is kept until the same key comes back
    select gone.*
    from received as gone
    left join received as newer
        on
            gone.source_system = newer.source_system
            and gone._native_key = newer._native_key
            and newer._known_from >= gone._known_to
    where gone._is_deleted and gone._known_to is not null and newer._native_key is null
),

trimmed as (
    select
        source_system,
        {% for name in names + files_common_columns() %}nullif(trim({{ name }}), '') as {{ name }},
        {% endfor -%}
        _native_key, _record_hash, _known_from, _known_to, coalesce(_is_deleted, false) as _is_deleted,
        _load_id, _source_file, _row_number
    from latest
),

typed as (
    select
        source_system,
        {% for column in columns %}{{ as_allowed(column.name, column.allowed) if column.allowed and column.data_type == 'string' else cast_text(column.name, column.data_type) }} as {{ column.name }},
        {% if column.data_type != 'string' %}{{ column.name }} as {{ column.name }}__text,
        {% endif %}{% endfor -%}
        source_version,
        source_url,
        correlation_id,
        idempotency_key,
        {{ cast_text('valid_from', 'date') }} as valid_from,
        valid_from as valid_from__text,
        {{ cast_text('valid_to', 'date') }} as valid_to,
        valid_to as valid_to__text,
        {{ cast_text('is_deleted', 'boolean') }} as is_deleted,
        is_deleted as is_deleted__text,
        _native_key, _record_hash, _known_from, _known_to, _is_deleted, _load_id, _source_file, _row_number
    from trimmed
),

judged as (
    select
        typed.*,
        {{ files_source_id(columns, dating) }} as source_id,
        case
            {% for rule in files_rules(entity) -%}
            when {{ rule.when }} then {{ loop.index }}
            {% endfor %}
        end as verdict
    from typed
),

-- two spellings of one key (blanks around it, 1 and 01) meet only here: the latest counts
respelled as (
    select judged.source_system, judged.source_id
    from judged
    where judged.verdict is null and judged.source_id <> judged._native_key
    group by judged.source_system, judged.source_id
),

rivals as (
    select
        judged.source_system,
        judged._native_key,
        row_number() over (
            partition by judged.source_system, judged.source_id
            order by judged._is_deleted, judged._known_from desc, judged._row_number desc, judged._native_key
        ) as place
    from judged
    inner join respelled
        on judged.source_system = respelled.source_system and judged.source_id = respelled.source_id
    where judged.verdict is null
),

classified as (
    select
        judged.*,
        coalesce(rivals.place > 1, false) as is_duplicate
    from judged
    left join rivals
        on judged.source_system = rivals.source_system and judged._native_key = rivals._native_key
)
{% endmacro %}

{# The key columns joined by |, and valid_from where the entity's key has it. #}
{% macro files_source_id(columns, dating) -%}
    {%- set parts = [] -%}
    {%- for column in columns if column.key -%}
        {%- do parts.append("cast(" ~ column.name ~ " as " ~ dbt.type_string() ~ ")") -%}
    {%- endfor -%}
    {{ parts | join(" || '|' || ") }}
    {%- if dating in ('key', 'optional_key') %} || coalesce('|' || cast(valid_from as {{ dbt.type_string() }}), ''){% endif -%}
{%- endmacro %}

{% macro type_words(data_type) -%}
    {{ return({
        'date': 'a date', 'timestamp': 'a time', 'boolean': 'true or false', 'integer': 'a whole number',
    }.get(data_type, 'a number')) }}
{%- endmacro %}

{# What to write instead: exactly, because a spreadsheet of another country writes dates and numbers otherwise. #}
{% macro type_cure(data_type) -%}
    {{ return({
        'date': 'Write an existing calendar day as YYYY-MM-DD, such as 2026-06-15 for 15 June 2026. A spreadsheet saves '
            ~ 'dates so when their cells have the format yyyy-mm-dd.',
        'timestamp': 'Write the instant in UTC as YYYY-MM-DD HH:MM:SS, such as 2026-06-15 12:00:00.',
        'boolean': 'Write true or false.',
        'integer': 'Write digits only, such as 12.',
    }.get(data_type, 'Write digits with a point as decimal mark and nothing else, such as 1234.56: no decimal comma, '
        ~ 'no thousands separators, no units.')) }}
{%- endmacro %}

{# Defects that a row is kept with, so that the checks can report it: condition and word. #}
{% macro files_defects(entity) -%}
    {%- set rate = [('rate < 0', 'negative_rate'), ('rate = 0 and zero_rate_reason is null', 'zero_rate_without_reason')] -%}
    {%- set defects = {
        'time_entry': [
            ('hours > 24', 'more_than_24_hours'),
            (
                'work_date < ' ~ date_literal('1990-01-01')
                ~ ' or work_date > ' ~ add_days('cast(_known_from as date)', 3660), 'implausible_date'
            ),
            ('hours < 0 and corrects_id is null', 'negative_without_correction'),
        ],
        'cost_rate': rate,
        'rate_card': rate,
        'assignment': [('hours_per_day > 24 and employee_id is not null', 'more_than_24_hours')],
        'contract': [('end_date < start_date', 'ends_before_it_starts')],
        'expense': [('amount < 0', 'negative_amount')],
        'milestone': [("amount is null and coalesce(represents, 'event') <> 'task'", 'no_amount')],
    }.get(entity, []) -%}
    {%- if entity_columns(entity) | selectattr('name', 'equalto', 'currency') | list -%}
        {%- set defects = defects + [(
            'currency not in (select known.currency from ' ~ ref('currency') ~ ' as known)', 'unknown_currency'
        )] -%}
    {%- endif -%}
    {{ return(defects) }}
{%- endmacro %}

{% macro files_quality_flags(entity) -%}
    {%- set words = [] -%}
    {%- for condition, word in files_defects(entity) -%}
        {%- do words.append("case when " ~ condition ~ " then '" ~ word ~ ",' else '' end") -%}
    {%- endfor -%}
    {%- if words -%}
        nullif(trim(both ',' from {{ words | join(' || ') }}), '')
    {%- else -%}
        cast(null as {{ dbt.type_string() }})
    {%- endif -%}
{%- endmacro %}

{# stage_files(entity): the usable rows, with every column of the canonical contract. #}
{% macro stage_files(entity) %}
    {#- named before anything is executed: the project's graph is drawn then -#}
    {%- do ref('currency') -%}
    {%- if execute -%}
        {%- set columns = entity_columns(entity) -%}
{{ files_classified(entity) }}

select
    {% for column in columns %}{{ column.name }},
    {% endfor -%}
    source_system,
    '{{ entity }}' as source_object,
    source_id,
    source_version,
    source_url,
    correlation_id,
    coalesce(idempotency_key, source_id) as idempotency_key,
    valid_from,
    valid_to,
    _known_from as known_from,
    _known_to as known_to,
    _known_from as loaded_at,
    _record_hash as record_hash,
    _is_deleted or coalesce(is_deleted, false) as is_deleted,
    _load_id as load_id,
    _source_file as source_file,
    _row_number as source_row,
    {{ files_quality_flags(entity) }} as quality_flags
from classified
where verdict is null and not is_duplicate
    {%- else %}
select 1 as placeholder
    {%- endif -%}
{% endmacro %}

{#
  reject_files(entity): the rows that cannot be used, each with file, row, column, value, reason and cure; where more
  than one thing is wrong with a row, `also_wrong` says the others.
#}
{% macro reject_files(entity) %}
    {%- if execute -%}
        {%- set rules = files_rules(entity) -%}
{{ files_classified(entity) }}

select
    source_system as system,
    '{{ entity }}' as object,
    _load_id as load_id,
    _source_file as source_file,
    _row_number as source_row,
    case verdict
        {% for rule in rules %}when {{ loop.index }} then '{{ rule.column }}'
        {% endfor -%}
    end as column_name,
    case verdict
        {% for rule in rules %}when {{ loop.index }} then {{ rule.text }}
        {% endfor -%}
    end as reject_value,
    case verdict
        {% for rule in rules %}when {{ loop.index }} then '{{ rule.reason }}'
        {% endfor -%}
        else 'duplicate'
    end as reason,
    case verdict
        {% for rule in rules %}when {{ loop.index }} then '{{ rule.cure }}'
        {% endfor -%}
        else 'The row received last counts. Remove the other spelling of its key.'
    end as cure,
    nullif(trim(both '; ' from
        {% for rule in rules[1:] -%}
        case
            when verdict < {{ loop.index + 1 }} and {{ rule.when }}
                then '; {{ rule.column }}' || coalesce(' ''' || {{ rule.text }} || '''', '') || ' is {{ rule.reason }}'
            else ''
        end{{ ' ||' if not loop.last }}
        {% endfor -%}
    ), '') as also_wrong,
    _native_key as native_key,
    is_duplicate and verdict is null as is_duplicate
from classified
where (verdict is not null or is_duplicate) and not _is_deleted
    {%- else %}
select 1 as placeholder
    {%- endif -%}
{% endmacro %}
