-- What each check looked at and found: every item of its population passed, failed, is not yet due, or is none of the
-- rule's business. What is not yet due has not passed: its condition holds, and it is a break once its grace is over or
-- its day has come. A check whose entities no system delivers has not run, and says which.
with counted as (
    select
        check_id,
        sum(population) as population,
        sum(tested) as tested,
        sum(holding) as holding,
        sum(money_tested) as money_tested
    from {{ ref('rec_check_count') }}
    group by check_id
),

breaks as (
    select
        check_id,
        count(distinct item_key) as failed,
        sum(stake_reporting) as stake_reporting,
        sum(primary_reporting) as primary_reporting
    from {{ ref('rec_break_transaction') }}
    group by check_id
)

select
    checks.check_id,
    checks.title,
    checks.entities_missing is null as has_run,
    checks.entities_missing,
    cast(coalesce(counted.population, 0) as bigint) as population,
    cast(coalesce(counted.tested, 0) as bigint) as tested,
    cast(coalesce(counted.tested - counted.holding, 0) as bigint) as passed,
    cast(coalesce(breaks.failed, 0) as bigint) as failed,
    cast(coalesce(counted.holding, 0) - coalesce(breaks.failed, 0) as bigint) as not_yet_due,
    cast(coalesce(counted.population - counted.tested, 0) as bigint) as not_applicable,
    cast(coalesce(counted.money_tested, 0) as numeric(28, 6)) as money_tested,
    -- without a break nothing is at stake; what breaks have at stake and nobody knows is not nothing
    cast(case when breaks.failed > 0 then breaks.stake_reporting else 0 end as numeric(28, 6)) as stake_reporting,
    cast(case when breaks.failed > 0 then breaks.primary_reporting else 0 end as numeric(28, 6)) as primary_reporting,
    {{ reporting_currency() }} as currency
from {{ ref('rec_check') }} as checks
left join counted on checks.check_id = counted.check_id and checks.entities_missing is null
left join breaks on checks.check_id = breaks.check_id
