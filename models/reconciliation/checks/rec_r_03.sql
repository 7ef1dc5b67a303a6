{{ config(meta={
    'check': 'R-03',
    'title': 'Ambiguous rate card rows',
    'workflow': 'rates',
    'systems': ['rate cards'],
    'key': 'rate card row',
    'rule': 'For any work one row is the best match; no other matches as well on the same day.',
    'severity': 'high',
    'owner_team': 'SO',
    'action': 'End or correct one of the two rows; until then the later one, then the lowest id, is used.',
    'clock': 'first work date on which it happened',
    'cause_rank': 5,
    'stake_kind': 'exposure',
    'stake': 'Per entry that both rows match: hours × the difference of their rates.',
    'needs': ['rate_card', 'time_entry'],
    'touches': ['unbilled_tm_time:waiting', 'wip_commercial:waiting', 'rate_realization', 'average_bill_rate'],
    'item_is_transaction': false,
    'population': {'table': 'can_rate_card', 'key': 'entity_key', 'where': "rate_type = 'bill' and not is_deleted"},
}) }}

with cards as (
    select
        entity_key as bill_rate_key,
        source_system,
        rate_card_row_id,
        rate,
        currency
    from {{ ref('can_rate_card') }}
    where rate_type = 'bill' and not is_deleted
),

candidates as (
    select * from {{ ref('int_rate_candidate') }}
    where rate_type = 'bill'
),

entries as (
    select * from {{ ref('fct_time_entry') }}
    where
        is_rate_ambiguous
        and is_approved
        and is_billable
        and not is_after_as_of
        and contract_type in ('time_and_materials', 'retainer')
),

winners as (
    select
        entries.time_entry_key,
        entries.source_system,
        entries.time_entry_id,
        entries.ambiguous_rate_question as rate_question,
        least(greatest(entries.work_date, {{ beginning_of_time() }}), {{ add_days(end_of_time(), -1) }}) as lookup_date,
        entries.work_date,
        entries.hours,
        entries.price_currency,
        entries.price_minor_unit,
        entries.contract_line_id,
        entries.project_key,
        entries.employee_key,
        entries.employment_key,
        entries.correlation_id,
        entries.contract_line_version_key_as_was,
        won.bill_rate_key,
        won.rate_card_row_id,
        won.level_order,
        won.is_converted,
        won.closeness,
        coalesce({{ multiply_rates('won.rate', 'won.factor') }}, 0) as rate
    from entries
    inner join candidates as won
        on
            entries.ambiguous_rate_question = won.rate_question
            and entries.bill_rate_key = won.bill_rate_key
    where
        least(greatest(entries.work_date, {{ beginning_of_time() }}), {{ add_days(end_of_time(), -1) }})
        >= won.valid_from
        and least(greatest(entries.work_date, {{ beginning_of_time() }}), {{ add_days(end_of_time(), -1) }})
        < won.valid_to
),

losers as (
    select
        winners.*,
        lost.bill_rate_key as losing_key,
        {{ price_units(
            'abs(winners.hours)',
            'abs(winners.rate - coalesce(' ~ multiply_rates('lost.rate', 'lost.factor') ~ ', 0))',
            'winners.price_minor_unit'
        ) }} as stake_amount
    from winners
    inner join candidates as lost
        on
            winners.rate_question = lost.rate_question
            and winners.level_order = lost.level_order
            and winners.is_converted = lost.is_converted
            and winners.closeness = lost.closeness
            and winners.bill_rate_key <> lost.bill_rate_key
            and winners.lookup_date >= lost.valid_from
            and winners.lookup_date < lost.valid_to
)

select
    'card|' || cards.source_system || ':' || cards.rate_card_row_id as item_key,
    'Rate card row ' || cards.rate_card_row_id as item_name,
    case when losers.losing_key is null then 'passed' else 'failed' end as outcome,
    case
        when
            losers.losing_key is not null
            then 'matches work as well as row ' || losers.rate_card_row_id || ', which is used'
    end as finding,
    min(losers.work_date) over (partition by cards.bill_rate_key) as event_date,
    coalesce('time|' || losers.source_system || ':' || losers.time_entry_id, 'card|' || cards.rate_card_row_id)
        as transaction_key,
    losers.stake_amount,
    losers.stake_amount as tested_amount,
    cast(null as numeric(28, 6)) as display_amount,
    coalesce(losers.price_currency, cards.currency) as currency,
    'line|' || losers.contract_line_id as owner_id,
    owners.legal_entity_id as owner_entity_id,
    losers.contract_line_id,
    losers.project_key,
    losers.employee_key,
    losers.employment_key,
    cards.source_system as left_system,
    'rate_card' as left_object,
    cards.rate_card_row_id as left_id,
    coalesce(cast(cards.rate as {{ dbt.type_string() }}), 'no rate') || ' ' || cards.currency as left_value,
    cards.source_system as right_system,
    'rate_card' as right_object,
    losers.rate_card_row_id as right_id,
    cast(losers.rate as {{ dbt.type_string() }}) || ' ' || losers.price_currency as right_value,
    losers.correlation_id
from cards
left join losers on cards.bill_rate_key = losers.losing_key
left join {{ ref('dim_contract_line') }} as owners
    on losers.contract_line_version_key_as_was = owners.contract_line_version_key
