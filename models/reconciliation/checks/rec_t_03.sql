{{ config(meta={
    'check': 'T-03',
    'title': 'Approved, not posted to ERP',
    'workflow': 'time_to_posting',
    'systems': ['time', 'erp'],
    'key': 'time entry',
    'rule': 'Approved time that is sold by the hour is raised for billing: a posting in any state names it. Work that is not sold by the hour has no posting of its own and is not concerned.',
    'severity': 'high',
    'owner_team': 'IT',
    'action': 'Send the entry to the ERP again by its correlation id; if the ERP refused it, have Billing correct what it names.',
    'clock': 'approval',
    'cause_rank': 4,
    'grace_business_days': 2,
    'stake_kind': 'misstatement',
    'stake': 'Bill value and standard cost of the entry together, in reporting currency: neither stands in the ledger of the project.',
    'needs': ['time_entry', 'contract_line', 'billing_event'],
    'touches': ['billed_revenue:price:missing', 'unbilled_tm_time:waiting', 'wip_commercial:waiting', 'cost_standard:cost'],
    'item_is_transaction': true,
    'counted_on': 'work_date',
    'population': {'table': 'fct_time_entry', 'key': 'time_entry_key', 'is_row_key': true, 'where': "status in ('approved', 'posted')"},
}) }}

with posted as (
    select distinct item_id as time_entry_key
    from {{ ref('int_billing_posting') }}
    where item_kind = 'time'
),

-- without a single one no system raises time, and an entry that is not raised says nothing
posters as (
    select count(*) as postings from posted
),

entries as (
    select
        facts.*,
        case
            when posters.postings = 0 then 'no system posts time'
            when facts.is_after_as_of then 'dated after the as-of date'
            when not facts.is_billable or coalesce(facts.contract_type, '') <> 'time_and_materials'
                then 'not sold by the hour'
            when facts.price is null then 'has no price (R-01)'
            when facts.price = 0 then 'sold for nothing'
        end as reason,
        facts.status = 'posted' or posted.time_entry_key is not null as is_posted
    from {{ ref('fct_time_entry') }} as facts
    cross join posters
    left join posted on facts.time_entry_key = posted.time_entry_key
    where facts.status in ('approved', 'posted')
)

select
    {{ entry_item() }},
    entries.work_date as counted_on,
    case
        when entries.reason is not null then 'not_applicable'
        when entries.is_posted then 'passed'
        else 'failed'
    end as outcome,
    case
        when entries.reason is not null then entries.reason
        when not entries.is_posted then 'approved, and no posting names it'
    end as finding,
    coalesce(
        cast(entries.approved_at as date),
        cast(entries.submitted_at as date),
        cast(entries.entered_at as date),
        entries.work_date
    ) as event_date,
    'time|' || entries.source_system || ':' || entries.time_entry_id as transaction_key,
    -- a cost that is not known is W-08's; the bill value alone is missing then
    abs(entries.contract_amount_reporting + coalesce(entries.cost_amount_reporting, 0)) as stake_amount,
    abs(entries.contract_amount_reporting + coalesce(entries.cost_amount_reporting, 0)) as tested_amount,
    cast(null as numeric(28, 6)) as display_amount,
    entries.contract_currency_reporting as currency,
    {{ entry_owner_entity() }},
    {{ entry_owners() }},
    {{ left_is_entry('entries.status') }},
    cast(null as {{ dbt.type_string() }}) as right_system,
    'billing_event' as right_object,
    cast(null as {{ dbt.type_string() }}) as right_id,
    case when entries.is_posted then 'posted' else 'none' end as right_value
from entries
left join {{ ref('dim_contract_line') }} as owners
    on entries.contract_line_version_key_as_was = owners.contract_line_version_key
