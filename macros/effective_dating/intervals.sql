{#
  Intervals are half-open: [valid_from, valid_to), an empty bound is open. Resolved relations carry the
  sentinels below instead of nulls, so that a range join needs no `or`.
#}
{% macro beginning_of_time() -%}cast('1900-01-01' as date){%- endmacro %}

{% macro end_of_time() -%}cast('9999-12-31' as date){%- endmacro %}

{# holds_on(date, alias): the interval of `alias` covers the date. The one place where intervals are joined. #}
{% macro holds_on(date_expression, alias) -%}
    {{ date_expression }} >= coalesce({{ alias }}.valid_from, {{ beginning_of_time() }})
    and {{ date_expression }} < coalesce({{ alias }}.valid_to, {{ end_of_time() }})
{%- endmacro %}

{#
  resolve_intervals(relation, keys, payload, order_by): non-overlapping intervals per key.
  Where rows overlap, the first by `order_by` wins and the others are truncated; zero-length rows drop out.
  Gives keys, payload, valid_from, valid_to (never null) and contenders (rows that covered the span); with
  `tied_by`, also `tied`: how many of them are alike in those columns with the winner.
#}
{% macro resolve_intervals(relation, keys, payload, order_by, tied_by=[]) %}
    select
        {{ keys | join(', ') }},
        {{ payload | join(', ') }},
        span_from as valid_from,
        span_to as valid_to,
        {% if tied_by %}tied,
        {% endif -%}
        contenders
    from (
        select
            {% for key in keys %}spans.{{ key }},
            {% endfor -%}
            {% for column in payload %}bounded.{{ column }},
            {% endfor -%}
            spans.span_from,
            spans.span_to,
            count(*) over (partition by {% for key in keys %}spans.{{ key }}, {% endfor %}spans.span_from) as contenders,
            {% if tied_by %}count(*) over (
                partition by {% for key in keys %}spans.{{ key }}, {% endfor %}spans.span_from
                {%- for column in tied_by %}, bounded.{{ column }}{% endfor %}
            ) as tied,
            {% endif -%}
            row_number() over (
                partition by {% for key in keys %}spans.{{ key }}, {% endfor %}spans.span_from
                order by {{ order_by }}
            ) as place
        from (
            select
                {{ keys | join(', ') }},
                bound as span_from,
                lead(bound) over (partition by {{ keys | join(', ') }} order by bound) as span_to
            from (
                select {{ keys | join(', ') }}, coalesce(valid_from, {{ beginning_of_time() }}) as bound from {{ relation }}
                union
                select {{ keys | join(', ') }}, coalesce(valid_to, {{ end_of_time() }}) as bound from {{ relation }}
            ) as bounds
        ) as spans
        inner join (
            select
                candidates.*,
                coalesce(candidates.valid_from, {{ beginning_of_time() }}) as bounded_from,
                coalesce(candidates.valid_to, {{ end_of_time() }}) as bounded_to
            from {{ relation }} as candidates
        ) as bounded
            on
                {% for key in keys %}spans.{{ key }} = bounded.{{ key }}
                and {% endfor -%}
                bounded.bounded_from <= spans.span_from
                and bounded.bounded_to >= spans.span_to
        where spans.span_to is not null
    ) as ranked
    where place = 1
{% endmacro %}
