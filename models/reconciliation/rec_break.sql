-- Every break that is there now: what disagrees, what it costs, whose it is, how old, what to do, since when we know.
with present as (
    select * from {{ ref('rec_break_current') }}
),

events as (
    select
        break_id,
        min(happened_on) as first_detected_on,
        max(case when event_kind = 'reopened' then happened_on end) as reopened_on,
        max(case when event_kind = 'amount_changed' then happened_on end) as amount_changed_on,
        sum(case when event_kind = 'reopened' then 1 else 0 end) as times_reopened
    from {{ ref('rec_break_event') }}
    where happened_on <= {{ date_literal(var('as_of')) }}
    group by break_id
),

bands as (
    select * from {{ ref('severity_band') }}
    where {{ holds_on(date_literal(var('as_of')), 'severity_band') }}
),

-- the higher of what the check says and the band of the money
graded as (
    select
        present.break_id,
        max(bands.severity_order) as severity_order
    from present
    inner join {{ ref('rec_check') }} as checks on present.check_id = checks.check_id
    inner join bands
        on
            coalesce(present.item_severity, checks.severity) = bands.severity
            or (bands.minimum_amount > 0 and abs(present.stake_reporting) >= bands.minimum_amount)
    group by present.break_id
),

priced as (
    select
        present.*,
        checks.title,
        checks.rule,
        checks.action,
        checks.owner_team,
        checks.owner_team_name,
        checks.workflow,
        checks.touches,
        bands.severity,
        bands.severity_order,
        bands.service_level_business_days,
        -- from the day on which it can first be seen, so that no break is born breached
        present.age_business_days
        - case when checks.grace_business_days > 0 then checks.grace_business_days + 1 else 0 end
            as service_age_business_days,
        {{ days_between('present.event_date', date_literal(var('as_of'))) }} as age_days,
        case
            when present.stake_kind = 'cash_delay' then {{ rounded_to_unit(
                multiply_rate('present.primary_reporting', divide_rate(
                    var('policies').cost_of_capital_pct ~ ' * ' ~ days_between('present.event_date', date_literal(var('as_of'))),
                    '36500'
                )), 'present.minor_unit'
            ) }}
        end as cash_delay_cost
    from present
    inner join {{ ref('rec_check') }} as checks on present.check_id = checks.check_id
    inner join graded on present.break_id = graded.break_id
    inner join bands on graded.severity_order = bands.severity_order
)

select
    priced.break_id,
    priced.check_id,
    priced.title,
    priced.workflow,
    priced.item_key,
    priced.item_name,
    priced.finding,
    priced.rule,
    priced.action,
    priced.owner_team,
    priced.owner_team_name,
    priced.severity,
    priced.severity_order,
    case when events.times_reopened > 0 then 'reopened' else 'open' end as status,
    priced.event_date,
    priced.age_business_days,
    priced.age_days,
    priced.service_level_business_days,
    priced.service_age_business_days,
    case
        when priced.service_age_business_days >= priced.service_level_business_days then 'breached'
        when priced.service_age_business_days * 10 >= priced.service_level_business_days * 8 then 'warn'
        else 'ok'
    end as service_level_status,
    coalesce(events.first_detected_on, {{ date_literal(var('as_of')) }}) as first_detected_on,
    {{ date_literal(var('as_of')) }} as last_seen_on,
    events.reopened_on,
    events.amount_changed_on,
    cast(coalesce(events.times_reopened, 0) as integer) as times_reopened,
    priced.stake_kind,
    priced.cause_rank,
    priced.stake_text,
    priced.stake_amount,
    priced.currency,
    priced.display_amount,
    cast(priced.stake_reporting as numeric(28, 6)) as stake_reporting,
    cast(priced.primary_reporting as numeric(28, 6)) as primary_reporting,
    cast(priced.headline_reporting as numeric(28, 6)) as headline_reporting,
    priced.cash_delay_cost,
    {{ reporting_currency() }} as reporting_currency,
    cast(priced.transaction_count as bigint) as transaction_count,
    coalesce(owners.contract_line_version_key, 'unassigned') as contract_line_version_key_as_was,
    coalesce(current_owners.contract_line_version_key, 'unassigned') as contract_line_version_key_as_is,
    coalesce(people.employee_version_key, 'unassigned') as employee_version_key_as_was,
    coalesce(current_people.employee_version_key, 'unassigned') as employee_version_key_as_is,
    priced.owner_entity_id,
    coalesce(owners.practice_name, 'Unassigned') as practice_name,
    coalesce(owners.project_name, 'Unassigned') as project_name,
    coalesce(owners.customer_name, 'Unassigned') as customer_name,
    coalesce(owners.contract_id, 'Unassigned') as contract_id,
    priced.contract_line_id,
    priced.project_key,
    priced.employee_key,
    people.employee_name,
    priced.touches,
    priced.left_system as source_system,
    priced.left_object as source_object,
    priced.left_id as source_id,
    cast(null as {{ dbt.type_string() }}) as source_url,
    cast(null as {{ dbt.type_string() }}) as source_file,
    cast(null as bigint) as source_row,
    priced.left_system,
    priced.left_object,
    priced.left_id,
    priced.left_value,
    priced.right_system,
    priced.right_object,
    priced.right_id,
    priced.right_value,
    priced.correlation_id
from priced
left join events on priced.break_id = events.break_id
left join {{ ref('dim_contract_line') }} as owners
    on
        priced.owner_id = owners.owner_id
        and priced.event_date >= owners.lookup_from
        and priced.event_date < owners.lookup_to
left join {{ ref('dim_contract_line') }} as current_owners
    on priced.owner_id = current_owners.owner_id and current_owners.is_as_is
left join {{ ref('dim_employee') }} as people
    on
        priced.employment_key = people.employment_key
        and priced.event_date >= people.lookup_from
        and priced.event_date < people.lookup_to
left join {{ ref('dim_employee') }} as current_people
    on priced.employment_key = current_people.employment_key and current_people.is_as_is
