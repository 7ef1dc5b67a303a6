{{ config(meta={
    'check': 'T-02',
    'title': 'Submitted, not approved',
    'workflow': 'time_to_posting',
    'systems': ['time'],
    'key': 'time entry',
    'rule': 'Submitted time is approved within the grace.',
    'severity': 'medium',
    'owner_team': 'DEL',
    'action': 'Approve or reject the entry; it is in no bill and no revenue until then.',
    'clock': 'submission',
    'cause_rank': 3,
    'grace_business_days': 2,
    'stake_kind': 'cash_delay',
    'stake': 'Value of the entry: its bill price, else its standard price, else its standard cost.',
    'needs': ['time_entry'],
    'touches': ['billable_hours:billable_hours:missing', 'billable_utilization:billable_hours:missing', 'unbilled_unapproved_time:waiting', 'wip_commercial:waiting:missing', 'unbilled_tm_time:waiting:missing'],
    'item_is_transaction': true,
    'counted_on': 'work_date',
    'population': {'table': 'fct_time_entry', 'key': 'time_entry_key', 'is_row_key': true, 'where': "status in ('submitted', 'approved', 'posted')"},
}) }}

select
    {{ entry_item() }},
    entries.work_date as counted_on,
    case
        when entries.is_after_as_of then 'not_applicable'
        when entries.status = 'submitted' then 'failed'
        else 'passed'
    end as outcome,
    case
        when entries.is_after_as_of then 'dated after the as-of date'
        when entries.status = 'submitted' then 'submitted and neither approved nor rejected'
    end as finding,
    coalesce(cast(entries.submitted_at as date), cast(entries.entered_at as date), entries.work_date) as event_date,
    {{ entry_money() }},
    {{ entry_owner_entity() }},
    {{ entry_owners() }},
    {{ left_is_entry('entries.status') }},
    {{ no_right_side() }}
{{ entries_with_value() }}
where entries.status in ('submitted', 'approved', 'posted')
