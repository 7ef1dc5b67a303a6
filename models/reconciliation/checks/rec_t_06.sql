{{ config(meta={
    'check': 'T-06',
    'title': 'Posted twice',
    'workflow': 'time_to_posting',
    'systems': ['psa', 'erp'],
    'key': 'source reference',
    'rule': 'What one record is billed for stands on one live invoice, and one document is in one journal.',
    'severity': 'critical',
    'owner_team': 'IT',
    'action': 'Reverse the second posting, and give the interface an idempotency key.',
    'clock': 'second posting',
    'cause_rank': 4,
    'stake_kind': 'misstatement',
    'stake': 'Amounts of all postings after the first; of a document in several journals, half the sum of its repeated debits and credits.',
    'needs': ['invoice'],
    'touches': ['billed_revenue', 'recognized_revenue_ledger'],
    'item_is_transaction': true,
    'grades_items': true,
    'population': {'table': 'int_posted_reference', 'key': 'item_key', 'where': 'true'},
}) }}

select
    posted.item_key,
    posted.item_name,
    case when posted.is_repeated then 'failed' else 'passed' end as outcome,
    case when posted.is_repeated then posted.finding end as finding,
    posted.event_date,
    posted.transaction_key,
    posted.repeated_amount as stake_amount,
    posted.first_amount as tested_amount,
    cast(null as numeric(28, 6)) as display_amount,
    posted.currency,
    posted.owner_id,
    coalesce(posted.owner_entity_id, owners.legal_entity_id) as owner_entity_id,
    posted.contract_line_id,
    owners.project_key,
    posted.employee_key,
    posted.employment_key,
    posted.left_system,
    posted.left_object,
    posted.left_id,
    posted.left_value,
    posted.right_system,
    posted.right_object,
    posted.right_id,
    posted.right_value,
    cast(null as {{ dbt.type_string() }}) as correlation_id,
    posted.item_severity
from {{ ref('int_posted_reference') }} as posted
left join {{ ref('dim_contract_line') }} as owners
    on
        posted.owner_id = owners.owner_id
        and posted.event_date >= owners.lookup_from
        and posted.event_date < owners.lookup_to
