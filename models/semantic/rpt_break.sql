-- Breaks at the as-of date, once per report mode: who owns them is a matter of the mode.
with breaks as (
    select
        *, -- noqa: AM04
        last_seen_on as snapshot_date
    from {{ ref('rec_break') }}
)

{% for mode, owner, condition in [
    ('as_was', 'as_was', ''), ('as_is', 'as_is', ''), ('as_reported', 'as_was', 'where 1 = 0')
] -%}
select
    '{{ mode }}' as report_mode,
    contract_line_version_key_{{ owner }} as contract_line_version_key,
    employee_version_key_{{ owner }} as employee_version_key,
    break_id,
    snapshot_date,
    event_date,
    check_id,
    severity,
    owner_team,
    status,
    service_level_status,
    stake_kind,
    stake_reporting,
    primary_reporting,
    headline_reporting,
    reporting_currency
from breaks
{{ condition }}
{% if not loop.last %}union all
{% endif -%}
{% endfor %}
