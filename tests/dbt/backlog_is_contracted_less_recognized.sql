-- On the as-of date and the last day of each month the backlog of each contract line is the contracted value of the
-- version in force less the revenue posted by then, never below zero, and after the end of the line of its committed
-- part only: computed once more from the canonical records. What a balance says that it comes from is the same.
with days as (
    select date_day as snapshot_date
    from {{ ref('dim_date') }}
    where
        date_day <= {{ date_literal(var('as_of')) }}
        and (
            date_day = {{ date_literal(var('as_of')) }}
            or {{ month_start(add_days('date_day', 1)) }} = {{ add_days('date_day', 1) }}
        )
),

golden_versions as (
    {{ golden_rows('contract_line', ['contract_line_id', 'line_version']) }}
),

golden_contracts as (
    {{ golden_rows('contract', ['contract_id']) }}
),

versions as (
    select
        versions.*,
        coalesce(versions.signed_at, greatest(versions.valid_from, contracts.signature_date)) as counts_from,
        coalesce(versions.transaction_price, 0) + coalesce(versions.minimum_commitment, 0) as committed_value,
        last_value(versions.contract_type) over (
            partition by versions.contract_line_id
            order by versions.line_version
            rows between unbounded preceding and unbounded following
        ) as latest_type
    from golden_versions as versions
    inner join golden_contracts as contracts on versions.contract_id = contracts.contract_id
    where contracts.signature_date is not null
),

ranked as (
    select
        days.snapshot_date,
        versions.contract_line_id,
        versions.entity_key,
        versions.end_date,
        versions.committed_value,
        versions.committed_value + coalesce(
            versions.estimated_value, greatest(coalesce(versions.nte_amount, 0) - versions.committed_value, 0)
        ) as contracted_value,
        row_number() over (
            partition by days.snapshot_date, versions.contract_line_id order by versions.line_version desc
        ) as place
    from days
    inner join versions on days.snapshot_date >= versions.counts_from
    where versions.latest_type <> 'expense'
),

revenue as (
    {{ golden_rows('revenue_schedule', ['revenue_schedule_line_id']) }}
),

recognized as (
    select
        days.snapshot_date,
        revenue.contract_line_id,
        sum(revenue.recognized_amount) as amount
    from days
    inner join revenue on days.snapshot_date >= revenue.posting_date
    where revenue.status = 'posted'
    group by days.snapshot_date, revenue.contract_line_id
),

expected as (
    select
        ranked.snapshot_date,
        ranked.contract_line_id,
        ranked.entity_key as contract_line_version_id,
        ranked.contracted_value,
        coalesce(recognized.amount, 0) as recognized_value,
        greatest(
            case
                when ranked.end_date < ranked.snapshot_date then ranked.committed_value
                else ranked.contracted_value
            end
            - coalesce(recognized.amount, 0), 0
        ) as amount
    from ranked
    left join recognized
        on
            ranked.snapshot_date = recognized.snapshot_date
            and ranked.contract_line_id = recognized.contract_line_id
    where ranked.place = 1
),

found as (
    select
        daily.snapshot_date,
        daily.contract_line_id,
        min(daily.contract_line_version_id) as contract_line_version_id,
        min(daily.contracted_value) as contracted_value,
        min(daily.recognized_value) as recognized_value,
        sum(daily.amount_transaction) as amount
    from {{ ref('fct_backlog_daily') }} as daily
    inner join days on daily.snapshot_date = days.snapshot_date
    where daily.component in ('hard', 'soft')
    group by daily.snapshot_date, daily.contract_line_id
)

select
    expected.amount as expected_amount,
    found.amount as found_amount,
    coalesce(expected.snapshot_date, found.snapshot_date) as snapshot_date,
    coalesce(expected.contract_line_id, found.contract_line_id) as contract_line_id
from expected
full outer join found
    on
        expected.snapshot_date = found.snapshot_date
        and expected.contract_line_id = found.contract_line_id
where
    coalesce(expected.amount, 0) <> coalesce(found.amount, 0)
    or expected.contract_line_version_id <> found.contract_line_version_id
    or expected.contracted_value <> found.contracted_value
    or expected.recognized_value <> found.recognized_value
