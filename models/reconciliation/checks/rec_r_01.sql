{{ config(meta={
    'check': 'R-01',
    'title': 'Bill rate missing',
    'workflow': 'rates',
    'systems': ['time', 'rate cards'],
    'key': 'time entry',
    'rule': 'Approved billable time that is sold by the hour finds a rate.',
    'severity': 'critical',
    'owner_team': 'BIL',
    'action': 'Add the missing rate card row, or the contract line that the work belongs to.',
    'clock': 'work date',
    'cause_rank': 5,
    'stake_kind': 'leak',
    'stake': 'Hours × the standard price of the work; where there is none, × the average price of its role, else of the firm, in reporting currency. Hours sold for nothing are in no average.',
    'needs': ['time_entry', 'contract_line'],
    'touches': ['unbilled_tm_time:stake:missing', 'wip_commercial:stake:missing', 'rate_realization', 'average_bill_rate'],
    'item_is_transaction': true,
    'population': {'table': 'fct_time_entry', 'key': 'time_entry_key', 'is_row_key': true, 'where': "is_approved and is_billable and (contract_type = 'time_and_materials' or contract_line_id is null)"},
}) }}

with priced as (
    select
        priced_role,
        contract_amount_reporting as amount,
        hours
    from {{ ref('fct_time_entry') }}
    where contract_amount_reporting <> 0
),

role_averages as (
    select
        priced_role,
        {{ divide_rate('sum(amount)', 'sum(hours)') }} as hour_price
    from priced
    where priced_role <> 'Unassigned'
    group by priced_role
    having sum(hours) > 0
),

-- one row, also where nothing has a price
firm_average as (
    select {{ divide_rate('greatest(sum(amount), 0)', 'greatest(sum(hours), 0)') }} as hour_price
    from priced
),

reporting_unit as (
    {{ reporting_minor_unit() }}
),

offered as (
    select
        entries.*,
        {{ price_units('abs(entries.hours)', 'entries.standard_unit_price', 'entries.price_minor_unit') }}
            as at_standard,
        {{ price_units(
            'abs(entries.hours)', 'coalesce(role_averages.hour_price, firm_average.hour_price)',
            'reporting_unit.minor_unit'
        ) }} as at_average
    from {{ ref('fct_time_entry') }} as entries
    cross join firm_average
    cross join reporting_unit
    left join role_averages on entries.priced_role = role_averages.priced_role
    where
        entries.is_approved
        and entries.is_billable
        and (entries.contract_type = 'time_and_materials' or entries.contract_line_id is null)
)

select
    {{ entry_item() }},
    case when entries.price is null or entries.contract_line_id is null then 'failed' else 'passed' end as outcome,
    case
        when entries.contract_line_id is null then 'no contract line covers the work, so no rate can be found'
        when entries.bill_rate_key is null then 'no rate card row matches on any level'
        when entries.price is null then 'the matching row has a rate of zero without a reason, or below zero'
    end as finding,
    entries.work_date as event_date,
    'time|' || entries.source_system || ':' || entries.time_entry_id as transaction_key,
    coalesce(entries.at_standard, entries.at_average) as stake_amount,
    coalesce(abs(entries.price), entries.at_standard, entries.at_average) as tested_amount,
    cast(null as numeric(28, 6)) as display_amount,
    case
        when coalesce(entries.price, entries.at_standard) is not null then entries.price_currency
        else {{ reporting_currency() }}
    end as currency,
    {{ entry_owner_entity() }},
    {{ entry_owners() }},
    {{ left_is_entry("cast(entries.hours as " ~ dbt.type_string() ~ ") || ' hours'") }},
    cast(null as {{ dbt.type_string() }}) as right_system,
    'rate_card' as right_object,
    entries.bill_rate_key as right_id,
    coalesce(entries.rate_trace, 'no row') as right_value
from offered as entries
left join {{ ref('dim_contract_line') }} as owners
    on entries.contract_line_version_key_as_was = owners.contract_line_version_key
