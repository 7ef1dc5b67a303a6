{#
  report_modes(fact, columns): the fact once per report mode, as one union that the engine reads one branch of.
  as_was and as_is take the fact's own version keys; as_reported reads what a period close froze, and no period
  has been closed yet. Every query of the metrics service filters on report_mode: unfiltered, sums would double.
#}
{% macro report_modes(fact, columns, version_keys) %}
{% for mode in ['as_was', 'as_is'] -%}
select
    '{{ mode }}' as report_mode,
    {% for key in version_keys %}{{ key }}_{{ mode }} as {{ key }},
    {% endfor -%}
    {{ columns | join(',\n    ') }}
from {{ ref(fact) }}
union all
{% endfor -%}
select
    'as_reported' as report_mode,
    {% for key in version_keys %}{{ key }}_as_was as {{ key }},
    {% endfor -%}
    {{ columns | join(',\n    ') }}
from {{ ref(fact) }}
where 1 = 0
{% endmacro %}
