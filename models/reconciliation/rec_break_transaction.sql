-- The money of every break, one row per transaction that it concerns. An item whose condition holds is a break once its
-- grace has passed. Where several breaks stand on one transaction, the smallest rank claims its money first (then the
-- earliest event, then the check id), and a later one keeps what its own stake exceeds the largest before it: within
-- one kind of stake, and for the headline over leak and cash_delay together.
with failed as (
    {{ failed_transactions() }}
),

checks as (
    select * from {{ ref('rec_check') }}
),

business_days as (
    select * from {{ ref('int_business_day') }}
),

first_days as (
    select
        legal_entity_id,
        min(date_day) as first_day
    from business_days
    group by legal_entity_id
),

placed as (
    select
        failed.*,
        checks.cause_rank,
        checks.stake_kind,
        checks.grace_business_days,
        first_days.first_day,
        coalesce(first_days.legal_entity_id, 'Unassigned') as business_day_entity_id
    from failed
    inner join checks on failed.check_id = checks.check_id
    left join first_days on failed.owner_entity_id = first_days.legal_entity_id
    -- without what it needs a check has not run: what it then finds says only that a feed is missing
    where failed.event_date <= {{ date_literal(var('as_of')) }} and checks.entities_missing is null
),

aged as (
    select
        placed.*,
        today.business_day_number - coalesce(event_days.business_day_number, 0) as age_business_days
    from placed
    inner join business_days as today
        on
            placed.business_day_entity_id = today.legal_entity_id
            and today.date_day = {{ date_literal(var('as_of')) }}
    left join business_days as event_days
        on
            placed.business_day_entity_id = event_days.legal_entity_id
            and placed.event_date = event_days.date_day
),

units as (
    {{ reporting_minor_unit() }}
),

converted as (
    select
        aged.*,
        units.minor_unit,
        {{ rounded_to_unit(
            at_rate('aged.stake_amount', 'aged.currency', reporting_currency(), 'spots'), 'units.minor_unit'
        ) }} as stake_reporting
    from aged
    cross join units
    {{ exchange_rate('spots', 'spot', 'aged.currency', reporting_currency(), date_literal(var('as_of'))) }}
    where aged.grace_business_days = 0 or aged.age_business_days > aged.grace_business_days
),

-- on most transactions one break stands, which claims all of it
shared as (
    select transaction_key from converted
    group by transaction_key
    having count(*) > 1
),

claimed as (
    select
        converted.check_id,
        converted.item_key,
        converted.transaction_key,
        max(converted.stake_reporting) over (
            partition by converted.transaction_key, converted.stake_kind
            order by converted.cause_rank, converted.event_date, converted.check_id, converted.item_key
            rows between unbounded preceding and 1 preceding
        ) as claimed_within_kind,
        max(
            case when converted.stake_kind in ('leak', 'cash_delay') then converted.stake_reporting end
        ) over (
            partition by converted.transaction_key
            order by converted.cause_rank, converted.event_date, converted.check_id, converted.item_key
            rows between unbounded preceding and 1 preceding
        ) as claimed_in_headline
    from converted
    inner join shared on converted.transaction_key = shared.transaction_key
),

ordered as (
    select
        converted.*,
        coalesce(claimed.claimed_within_kind, 0) as claimed_within_kind,
        coalesce(claimed.claimed_in_headline, 0) as claimed_in_headline
    from converted
    left join claimed
        on
            converted.check_id = claimed.check_id
            and converted.item_key = claimed.item_key
            and converted.transaction_key = claimed.transaction_key
)

select
    {{ surrogate_key(['check_id', 'item_key']) }} as break_id,
    {{ surrogate_key(['check_id', 'item_key', 'transaction_key']) }} as break_transaction_id,
    check_id,
    item_key,
    item_name,
    item_severity,
    finding,
    event_date,
    age_business_days,
    transaction_key,
    stake_kind,
    cause_rank,
    stake_amount,
    display_amount,
    currency,
    minor_unit,
    stake_reporting,
    case
        when stake_reporting is not null
            then cast(greatest(0, stake_reporting - claimed_within_kind) as numeric(28, 6))
    end as primary_reporting,
    case
        when stake_reporting is null then null
        when stake_kind in ('leak', 'cash_delay')
            then cast(greatest(0, stake_reporting - claimed_in_headline) as numeric(28, 6))
        else cast(0 as numeric(28, 6))
    end as headline_reporting,
    owner_id,
    owner_entity_id,
    business_day_entity_id,
    contract_line_id,
    project_key,
    employee_key,
    employment_key,
    left_system,
    left_object,
    left_id,
    left_value,
    right_system,
    right_object,
    right_id,
    right_value,
    correlation_id
from ordered
