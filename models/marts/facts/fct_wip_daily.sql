-- What waited to be invoiced at the end of each day, up to the as-of date: items live on that day by line, owner,
-- part and the practice and entity of who worked. A balance that has ended is written once more as zero. Converted at
-- the spot rate of the day; `aged_amount` is the amount times its days, for the average age.
with horizon as (
    select as_of from {{ ref('int_horizon') }}
),

items as (
    select
        items.*,
        {{ surrogate_key([
            'items.component', 'items.contract_line_id', 'items.contract_line_version_key_as_was',
            'items.contract_line_version_key_as_is', 'items.resource_practice_as_was', 'items.resource_practice_as_is',
            'items.resource_entity_as_was', 'items.resource_entity_as_is'
        ]) }} as balance_key,
        {{ days_between(beginning_of_time(), 'items.item_date') }} as item_day
    from {{ ref('fct_wip_item') }} as items
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
        currency_transaction,
        currency_functional
    from items
),

changes as (
    select
        balance_key,
        live_from as change_day,
        amount_transaction as amount,
        cast(amount_transaction * item_day as numeric(38, 6)) as weighted,
        1 as items
    from items
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
),

spots as (
    select
        from_currency,
        to_currency,
        rate_date,
        rate
    from {{ ref('dim_fx_rate') }}
    where rate_type = 'spot'
),

constants as (
    select
        from_currency,
        rate
    from {{ ref('dim_fx_rate') }}
    where rate_type = 'constant' and to_currency = '{{ var('reporting_currency') }}'
)

select
    daily.balance_key,
    daily.snapshot_date,
    balances.component,
    balances.contract_line_id,
    balances.project_key,
    balances.contract_line_version_key_as_was,
    balances.contract_line_version_key_as_is,
    balances.resource_practice_as_was,
    balances.resource_practice_as_is,
    balances.resource_entity_as_was,
    balances.resource_entity_as_is,
    daily.items,
    daily.amount as amount_transaction,
    {{ multiply_rate('daily.amount', 'to_functional.rate') }} as amount_functional,
    {{ multiply_rate('daily.amount', 'to_reporting.rate') }} as amount_reporting,
    {{ multiply_rate('daily.amount', 'constants.rate') }} as amount_constant,
    daily.aged_amount as aged_amount_transaction,
    {{ multiply_rate('daily.aged_amount', 'to_functional.rate') }} as aged_amount_functional,
    {{ multiply_rate('daily.aged_amount', 'to_reporting.rate') }} as aged_amount_reporting,
    {{ multiply_rate('daily.aged_amount', 'constants.rate') }} as aged_amount_constant,
    balances.currency_transaction,
    balances.currency_functional,
    '{{ var('reporting_currency') }}' as currency_reporting,
    '{{ var('reporting_currency') }}' as currency_constant
from daily
inner join balances on daily.balance_key = balances.balance_key
left join spots as to_functional
    on
        balances.currency_transaction = to_functional.from_currency
        and balances.currency_functional = to_functional.to_currency
        and daily.snapshot_date = to_functional.rate_date
left join spots as to_reporting
    on
        balances.currency_transaction = to_reporting.from_currency
        and to_reporting.to_currency = '{{ var('reporting_currency') }}'
        and daily.snapshot_date = to_reporting.rate_date
left join constants on balances.currency_transaction = constants.from_currency
