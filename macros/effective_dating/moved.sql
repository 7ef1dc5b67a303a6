{#
  Texts for `rows_by` (macros/portable/rebuild.sql) of models that follow the as-of date or exchange rates. In each
  `{changed}` stands for the rows by which what moved differs.
#}

{# moved_as_of(): one row, the two as-of dates in order: what they make different lies after the earlier, up to the later. #}
{% macro moved_as_of() -%}
    {{ return('(select min(as_of) as earlier, max(as_of) as later from {changed})') }}
{%- endmacro %}

{# days_after_as_of(): the days of the calendar that only one of two as-of dates holds. #}
{% macro days_after_as_of() -%}
    {{ return(
        'select days.date_day from {dim_date} as days inner join ' ~ moved_as_of() ~ ' as moved'
        ~ ' on days.date_day > moved.earlier'
    ) }}
{%- endmacro %}

{#
  first_moved_rate(rate_type): one row, the first day from which a rate of this type differs, as first_day; the beginning
  of time where a constant one does, which holds for every day whatever its own; null where none does. Between a currency
  and itself no rate is read.
#}
{% macro first_moved_rate(rate_type) -%}
    {{ return(
        "(select min(first_day) as first_day from ("
        ~ "select rate_date as first_day from {changed} where rate_type = '" ~ rate_type ~ "' and from_currency <> to_currency"
        ~ " union all select " ~ beginning_of_time() ~ " as first_day from {changed}"
        ~ " where rate_type = 'constant' and from_currency <> to_currency"
        ~ " group by from_currency, to_currency having count(*) <> 2 or min(rate) <> max(rate)"
        ~ ") as differing)"
    ) }}
{%- endmacro %}

{# days_of_moved_rates(): the days of the calendar from the first on whose spot rates differ. #}
{% macro days_of_moved_rates() -%}
    {{ return(
        'select days.date_day from {dim_date} as days inner join ' ~ first_moved_rate('spot') ~ ' as moved'
        ~ ' on days.date_day >= moved.first_day'
    ) }}
{%- endmacro %}

{# read_of_rates(): the columns of dim_fx_rate that conversions read. #}
{% macro read_of_rates() -%}
    {{ return(['from_currency', 'to_currency', 'rate_type', 'rate_date', 'rate']) }}
{%- endmacro %}
