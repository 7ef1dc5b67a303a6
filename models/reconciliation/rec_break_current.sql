-- Breaks that are there now, one row each, before their history is looked up.
with transactions as (
    select * from {{ ref('rec_break_transaction') }}
),

by_currency as (
    select
        break_id,
        currency,
        sum(stake_amount) as stake_amount,
        sum(display_amount) as display_amount,
        coalesce(currency, '?') || ' '
        || coalesce(cast(cast(sum(stake_amount) as numeric(28, 2)) as {{ dbt.type_string() }}), 'unknown')
            as amount_text
    from transactions
    group by break_id, currency
),

stakes as (
    select
        break_id,
        {{ listed('amount_text', "'; '", 'currency') }} as stake_text,
        case when count(*) = 1 then max(stake_amount) end as stake_amount,
        case when count(*) = 1 then max(display_amount) end as display_amount,
        case when count(*) = 1 then max(currency) end as currency
    from by_currency
    group by break_id
),

summed as (
    select
        break_id,
        count(*) as transaction_count,
        max(age_business_days) as age_business_days,
        min(event_date) as event_date,
        sum(stake_reporting) as stake_reporting,
        sum(primary_reporting) as primary_reporting,
        sum(headline_reporting) as headline_reporting
    from transactions
    group by break_id
),

-- what the item's largest transaction says stands for the item; most have one, which needs no order
ordered as (
    select
        transactions.break_transaction_id,
        row_number() over (
            partition by transactions.break_id
            order by abs(coalesce(transactions.stake_reporting, 0)) desc, transactions.transaction_key
        ) as place
    from transactions
    inner join summed on transactions.break_id = summed.break_id and summed.transaction_count > 1
),

ranked as (
    select
        transactions.*,
        coalesce(ordered.place, 1) as place
    from transactions
    left join ordered on transactions.break_transaction_id = ordered.break_transaction_id
)

select
    ranked.break_id,
    ranked.check_id,
    ranked.item_key,
    ranked.item_name,
    ranked.item_severity,
    ranked.finding,
    ranked.stake_kind,
    ranked.cause_rank,
    summed.event_date,
    summed.age_business_days,
    summed.transaction_count,
    stakes.stake_text,
    stakes.stake_amount,
    stakes.display_amount,
    stakes.currency,
    ranked.minor_unit,
    summed.stake_reporting,
    summed.primary_reporting,
    summed.headline_reporting,
    ranked.owner_id,
    ranked.owner_entity_id,
    ranked.contract_line_id,
    ranked.project_key,
    ranked.employee_key,
    ranked.employment_key,
    ranked.left_system,
    ranked.left_object,
    ranked.left_id,
    ranked.left_value,
    ranked.right_system,
    ranked.right_object,
    ranked.right_id,
    ranked.right_value,
    ranked.correlation_id
from ranked
inner join summed on ranked.break_id = summed.break_id
inner join stakes on ranked.break_id = stakes.break_id
where ranked.place = 1
