{# Values of a key that are missing or stand in more than one row: one pass over the column instead of two. #}
{% test is_key(model, column_name) %}
select {{ column_name }}, count(*) as occurrences
from {{ model }} as tested
{{ where_rows_came([column_name]) }}
group by {{ column_name }}
having count(*) > 1 or {{ column_name }} is null
{% endtest %}

{# Rows whose columns together are not unique. #}
{% test unique_combination(model, columns) %}
select {{ columns | join(', ') }}, count(*) as occurrences
from {{ model }} as tested
{{ where_rows_came(columns) }}
group by {{ columns | join(', ') }}
having count(*) > 1
{% endtest %}

{# Rows of one key whose half-open intervals overlap. #}
{% test intervals_do_not_overlap(model, keys) %}
select following.*
from (
    select
        {{ keys | join(', ') }},
        valid_from,
        valid_to,
        lag(valid_to) over (partition by {{ keys | join(', ') }} order by valid_from, valid_to) as previous_to
    from {{ model }}
) as following
where following.previous_to > following.valid_from or following.valid_from >= following.valid_to
{% endtest %}

{# Keys that do not have exactly one row for which the condition holds. #}
{% test one_row_where(model, keys, condition) %}
select {{ keys | join(', ') }}, sum(case when {{ condition }} then 1 else 0 end) as matching
from {{ model }}
group by {{ keys | join(', ') }}
having sum(case when {{ condition }} then 1 else 0 end) <> 1
{% endtest %}

{# Rows in which any of the columns is null. #}
{% test no_nulls(model, columns) %}
select {{ columns | join(', ') }}
from {{ model }}
where {% for column in columns %}{{ column }} is null{{ ' or ' if not loop.last }}{% endfor %}
{% endtest %}
