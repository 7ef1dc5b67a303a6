-- Each check has a complete metadata block, an id of its own, and outcomes, findings and dates where they are due.
{% for name in var('checks') %}
{%- set meta = check_meta(name) %}
{%- set missing = [] %}
{%- for key in ['check', 'title', 'workflow', 'systems', 'key', 'rule', 'severity', 'owner_team', 'action', 'clock',
    'cause_rank', 'stake_kind', 'stake', 'population'] if execute and not meta.get(key) %}
{%- do missing.append(key) %}
{%- endfor %}
select
    '{{ name }}' as check_name,
    'metadata lacks {{ missing | join(', ') }}' as complaint
where {{ 'true' if missing else 'false' }}
union all
{% endfor %}
select
    check_id as check_name,
    'an item without outcome, key or transaction, or a failed one without finding or date: ' || faulty_item as complaint
from {{ ref('rec_check_count') }}
where faulty_rows > 0
