-- In every currency mode an approved hour has a cost or stands among the uncosted hours.
{% for mode in ['transaction', 'functional', 'reporting', 'constant'] -%}
select '{{ mode }}' as currency_mode, time_entry_key, hours
from {{ ref('fct_time_entry') }}
where
    is_approved
    and uncosted_hours_{{ mode }} <> case when cost_amount_{{ mode }} is null then hours else 0 end
{{ 'union all' if not loop.last }}
{% endfor %}
