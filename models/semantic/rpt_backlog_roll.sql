-- The backlog roll-forward once per report mode: what changed, by day, between what stood at the end of the day before
-- (opening, one day later and so asked for on the first day of a period) and at the end of the day (closing, asked for
-- on its last day). as_reported reads what a period close froze, and no period has been closed yet.
{%- set amounts = [
    'amount_transaction', 'amount_functional', 'amount_reporting', 'amount_constant',
    'currency_transaction', 'currency_functional', 'currency_reporting', 'currency_constant'
] %}
{%- set rows = [
    ('fct_backlog_change_daily', 'backlog_change_key', 'change_date', 'kind', '1 = 1'),
    ('fct_backlog_daily', 'balance_key', 'snapshot_date', "'closing'", "component in ('hard', 'soft')"),
    (
        'fct_backlog_daily', 'balance_key', add_days('snapshot_date', 1), "'opening'",
        "component in ('hard', 'soft') and snapshot_date < " ~ date_literal(var('as_of'))
    ),
] %}
{% for mode, owner, condition in [
    ('as_was', 'as_was', ''), ('as_is', 'as_is', ''), ('as_reported', 'as_was', ' and 1 = 0')
] -%}
{% set outer = loop -%}
{% for fact, key, day, movement, which in rows -%}
select
    '{{ mode }}' as report_mode,
    contract_line_version_key_{{ owner }} as contract_line_version_key,
    {{ key }} as roll_key,
    {{ day }} as roll_date,
    {{ movement }} as movement,
    contract_line_id,
    project_key,
    missing_link,
    {{ amounts | join(',\n    ') }}
from {{ ref(fact) }}
where {{ which }}{{ condition }}
{% if not (loop.last and outer.last) %}union all
{% endif -%}
{% endfor -%}
{% endfor %}
