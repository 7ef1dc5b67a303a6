-- What waited to be invoiced at the end of each day, up to the as-of date: items live on that day by line, owner,
-- part, the practice and entity of who worked, and what their records lack. A balance that has ended is written once
-- more as zero. Converted at the spot rate of the day; `aged_amount` is the amount times its days, for the average age.
{{ config(meta={
    'rows_by': {
        'key': 'snapshot_date',
        'from': {
            'fct_wip_item': 'select days.date_day from {dim_date} as days
                inner join (select min(live_from) as first_day from {changed}) as touched
                    on days.date_day >= touched.first_day',
            'int_horizon': days_after_as_of(),
            'dim_fx_rate': days_of_moved_rates(),
            'dim_date': 'date_day',
        },
    },
    'reads': {'int_horizon': ['as_of'], 'dim_fx_rate': read_of_rates(), 'dim_date': ['date_day']},
}) }}

with horizon as (
    select as_of from {{ ref('int_horizon') }}
),

touched as (
    {{ first_touched_day() }}
),

-- what ended before the first day that is made anew has no part in it; the day itself writes its zero
items as (
    select
        items.*,
        {{ surrogate_key([
            'items.component', 'items.contract_line_id', 'items.contract_line_version_key_as_was',
            'items.contract_line_version_key_as_is', 'items.resource_practice_as_was', 'items.resource_practice_as_is',
            'items.resource_entity_as_was', 'items.resource_entity_as_is', 'items.missing_link'
        ]) }} as balance_key,
        {{ days_between(beginning_of_time(), 'items.item_date') }} as item_day
    from {{ ref('fct_wip_item') }} as items
    cross join touched
    where items.live_to >= touched.first_day
),

balances as (
    select distinct
        balance_key,
        component,
        contract_line_id,
        project_key,
        contract_line_version_key_as_was,
        contract_line_version_key_as_is,
        resource_practice_as_was,
        resource_practice_as_is,
        resource_entity_as_was,
        resource_entity_as_is,
        missing_link,
        currency_transaction as item_currency,
        currency_functional as owner_functional_currency
    from items
),

changes as (
    select
        items.balance_key,
        greatest(items.live_from, touched.opening_day) as change_day,
        items.amount_transaction as amount,
        cast(items.amount_transaction * items.item_day as numeric(38, 6)) as weighted,
        1 as items
    from items
    cross join touched
    union all
    select
        items.balance_key,
        items.live_to as change_day,
        -items.amount_transaction as amount,
        cast(-items.amount_transaction * items.item_day as numeric(38, 6)) as weighted,
        -1 as items
    from items
    cross join horizon
    where items.live_to <= horizon.as_of
),

summed as (
    select
        balance_key,
        change_day,
        sum(amount) as amount,
        sum(weighted) as weighted,
        sum(items) as items
    from changes
    group by balance_key, change_day
),

running as (
    select
        balance_key,
        change_day,
        sum(amount) over standing as amount,
        sum(weighted) over standing as weighted,
        sum(items) over standing as items,
        lead(change_day) over (partition by balance_key order by change_day) as next_change_day
    from summed
    window standing as (
        partition by balance_key order by change_day rows between unbounded preceding and current row
    )
),

daily as (
    select
        running.balance_key,
        days.date_day as snapshot_date,
        cast(running.amount as numeric(28, 6)) as amount,
        cast(
            running.amount * {{ days_between(beginning_of_time(), 'days.date_day') }} - running.weighted
            as numeric(28, 6)
        ) as aged_amount,
        cast(running.items as integer) as items
    from running
    cross join horizon
    inner join {{ ref('dim_date') }} as days
        on
            running.change_day <= days.date_day
            and days.date_day < coalesce(running.next_change_day, {{ add_days('horizon.as_of', 1) }})
            and (running.items > 0 or running.change_day = days.date_day)
    inner join touched on days.date_day >= touched.first_day
),

standing as (
    select
        balances.*,
        daily.snapshot_date,
        daily.amount,
        daily.aged_amount,
        daily.items
    from daily
    inner join balances on daily.balance_key = balances.balance_key
),

converted as (
    {{ converted_balance(
        'standing', ['amount', 'aged_amount'], 'item_currency', 'owner_functional_currency', 'snapshot_date'
    ) }}
)

select
    balance_key,
    snapshot_date,
    component,
    contract_line_id,
    project_key,
    contract_line_version_key_as_was,
    contract_line_version_key_as_is,
    resource_practice_as_was,
    resource_practice_as_is,
    resource_entity_as_was,
    resource_entity_as_is,
    missing_link,
    {% for mode in ['transaction', 'functional', 'reporting', 'constant'] -%}
    amount_{{ mode }},
    aged_amount_{{ mode }},
    currency_{{ mode }},
    {% endfor -%}
    items
from converted
