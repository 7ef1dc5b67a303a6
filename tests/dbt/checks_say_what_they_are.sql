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
select
    '{{ name }}' as check_name,
    'an item without outcome, key or transaction, or a failed one without finding or date: ' || coalesce(item_key, '?')
        as complaint
from {{ ref(name) }}
where
    item_key is null
    or transaction_key is null
    or outcome is null
    or outcome not in ('passed', 'failed', 'not_applicable')
    or (outcome = 'failed' and (finding is null or event_date is null))
{% if not loop.last %}union all{% endif %}
{% else %}
select
    'none' as check_name,
    'none' as complaint
where 1 = 0
{% endfor %}
