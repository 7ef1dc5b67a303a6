-- What a contract line is still to deliver, from each day on which anything about it changes until the next: a version
-- takes effect, its term ends, revenue is posted, a milestone is completed, a booked day passes, its owner changes, or
-- the day moves on which the customer may leave. From the first signature to the as-of date, in the line's currency.
{%- set movements = ['recognized', 'passed', 'reached'] %}
with horizon as (
    select
        as_of,
        first_day
    from {{ ref('int_horizon') }}
),

-- a mistyped signature does not make a balance older than the calendar
contract_lines as (
    select
        contract_lines.contract_line_id,
        contract_lines.notice_days,
        greatest(contract_lines.first_signed, horizon.first_day) as first_day,
        least(greatest(coalesce(contract_lines.notice_days, 0), 0), 36500) as notice
    from {{ ref('int_contract_line') }} as contract_lines
    cross join horizon
    where contract_lines.contract_type <> 'expense' and contract_lines.first_signed <= horizon.as_of
),

-- a recurring line is firm up to the day on which the customer may leave, where one of the two is agreed
versions as (
    select
        versions.*,
        contract_lines.notice,
        versions.contract_type in ('retainer', 'subscription') as is_recurring,
        versions.contract_type in ('retainer', 'subscription')
        and versions.start_date is not null
        and versions.end_date is not null
        and (versions.termination_date is not null or contract_lines.notice_days is not null) as may_be_left,
        case
            when versions.contract_type in ('retainer', 'subscription')
                then coalesce({{ annual_value(
                    'versions.committed', 'versions.start_date', add_days('versions.end_date', 1)
                ) }}, 0)
            else 0
        end as annual_value
    from {{ ref('int_contract_line_version') }} as versions
    inner join contract_lines on versions.contract_line_id = contract_lines.contract_line_id
    where versions.values_from < versions.values_to
),

milestones as (
    select
        contract_line_id,
        completed_date,
        case when planned_date is not null then amount else 0 end as planned_amount
    from {{ ref('can_milestone') }}
    where not is_deleted and coalesce(represents, 'event') <> 'task' and amount <> 0
),

with_milestones as (
    select
        contract_line_id,
        sum(planned_amount) as planned_amount
    from milestones
    group by contract_line_id
),

with_bookings as (
    select
        contract_line_id,
        sum(planned_value) as planned_value
    from {{ ref('int_backlog_plan') }}
    group by contract_line_id
),

changes as (
    select
        contract_line_id,
        posting_date as change_day,
        recognized_amount_transaction as recognized,
        0 as passed,
        0 as reached
    from {{ ref('fct_revenue_line') }}
    where is_posted
    union all
    select
        contract_line_id,
        work_date as change_day,
        0 as recognized,
        planned_value as passed,
        0 as reached
    from {{ ref('int_backlog_plan') }}
    union all
    select
        contract_line_id,
        completed_date as change_day,
        0 as recognized,
        0 as passed,
        planned_amount as reached
    from milestones
    where completed_date is not null
    union all
    select
        contract_line_id,
        values_from as change_day,
        0 as recognized,
        0 as passed,
        0 as reached
    from versions
    union all
    select
        contract_line_id,
        {{ add_days('end_date', 1) }} as change_day,
        0 as recognized,
        0 as passed,
        0 as reached
    from versions
    where end_date is not null
    union all
    select
        contract_line_id,
        lookup_from as change_day,
        0 as recognized,
        0 as passed,
        0 as reached
    from {{ ref('dim_contract_line') }}
    where owner = 'line'
    union all
    select
        versions.contract_line_id,
        days.date_day as change_day,
        0 as recognized,
        0 as passed,
        0 as reached
    from versions
    cross join horizon
    inner join {{ ref('dim_date') }} as days
        on
            versions.values_from <= days.date_day
            and versions.values_to > days.date_day
            and horizon.as_of >= days.date_day
            and {{ add_days('versions.end_date', '-versions.notice') }} >= days.date_day
            and coalesce(
                {{ add_days('versions.termination_date', '-versions.notice') }}, versions.values_from
            ) <= days.date_day
    where versions.may_be_left
),

-- what came before the first signature counts from it on
summed as (
    select
        changes.contract_line_id,
        {% for movement in movements -%}
        sum(changes.{{ movement }}) as {{ movement }},
        {% endfor -%}
        greatest(changes.change_day, contract_lines.first_day) as point_from
    from changes
    inner join contract_lines on changes.contract_line_id = contract_lines.contract_line_id
    cross join horizon
    where changes.change_day <= horizon.as_of
    group by changes.contract_line_id, greatest(changes.change_day, contract_lines.first_day)
),

running as (
    select
        contract_line_id,
        point_from,
        {% for movement in movements -%}
        sum({{ movement }}) over (
            partition by contract_line_id order by point_from rows between unbounded preceding and current row
        ) as {{ movement }},
        {% endfor -%}
        lead(point_from) over (partition by contract_line_id order by point_from) as next_point_from
    from summed
),

valued as (
    select
        running.contract_line_id,
        running.point_from,
        coalesce(running.next_point_from, {{ add_days('horizon.as_of', 1) }}) as point_to,
        running.recognized,
        versions.contract_line_version_id,
        versions.committed,
        versions.estimated,
        versions.annual_value,
        versions.committed + versions.estimated as contracted,
        versions.is_recurring,
        with_milestones.contract_line_id is not null as has_milestones,
        coalesce(versions.end_date < running.point_from, false) as has_ended,
        greatest(versions.committed + versions.estimated - running.recognized, 0) as to_deliver,
        case
            when versions.may_be_left
                then coalesce({{ prorate(
                    'versions.committed',
                    'greatest(' ~ days_between(
                        'versions.start_date',
                        'least(versions.end_date, greatest(coalesce(versions.termination_date, running.point_from), '
                        ~ add_days('running.point_from', 'versions.notice') ~ '))'
                    ) ~ ' + 1, 0)',
                    days_between('versions.start_date', 'versions.end_date') ~ ' + 1',
                    'versions.minor_unit'
                ) }}, 0)
            else versions.committed
        end as firm_value,
        coalesce(with_milestones.planned_amount, 0) - running.reached as milestones_ahead,
        coalesce(with_bookings.planned_value, 0) - running.passed as planned_value
    from running
    cross join horizon
    inner join versions
        on
            running.contract_line_id = versions.contract_line_id
            and running.point_from >= versions.values_from
            and running.point_from < versions.values_to
    left join with_milestones on running.contract_line_id = with_milestones.contract_line_id
    left join with_bookings on running.contract_line_id = with_bookings.contract_line_id
),

-- what was only expected lapses with the term
lapsed as (
    select
        valued.*,
        case
            when valued.has_ended
                then valued.to_deliver - greatest(valued.committed - valued.recognized, 0)
            else 0
        end as expired
    from valued
),

standing as (
    select
        lapsed.*,
        lapsed.to_deliver - lapsed.expired as total,
        greatest(lapsed.recognized - lapsed.contracted, 0) as overrun,
        case
            when lapsed.is_recurring then lapsed.to_deliver - lapsed.expired
            when lapsed.has_milestones then lapsed.milestones_ahead
            else lapsed.planned_value
        end as ahead
    from lapsed
),

split as (
    select
        standing.*,
        greatest(least(standing.firm_value - standing.recognized, standing.total), 0) as hard,
        greatest(least(standing.ahead, standing.total), 0) as scheduled
    from standing
)

select
    split.contract_line_id,
    split.contract_line_version_id,
    split.point_from,
    split.point_to,
    owners.project_key,
    owners.contract_line_version_key as contract_line_version_key_as_was,
    current_owners.contract_line_version_key as contract_line_version_key_as_is,
    owners.currency as owner_currency,
    owners.functional_currency as owner_functional_currency,
    owners.missing_link,
    cast(split.recognized as numeric(28, 6)) as recognized,
    cast(split.contracted as numeric(28, 6)) as contracted,
    cast(split.expired as numeric(28, 6)) as expired,
    cast(split.total as numeric(28, 6)) as total,
    cast(split.hard as numeric(28, 6)) as hard,
    cast(split.total - split.hard as numeric(28, 6)) as soft,
    cast(split.scheduled as numeric(28, 6)) as scheduled,
    cast(split.total - split.scheduled as numeric(28, 6)) as unscheduled,
    cast(split.overrun as numeric(28, 6)) as overrun,
    cast(case when split.has_ended then 0 else split.committed end as numeric(28, 6)) as tcv_committed,
    cast(case when split.has_ended then 0 else split.estimated end as numeric(28, 6)) as tcv_estimated,
    cast(case when split.has_ended then 0 else split.annual_value end as numeric(28, 6)) as acv,
    not split.is_recurring and not split.has_milestones as is_scheduled_by_bookings
from split
inner join {{ ref('dim_contract_line') }} as owners
    on
        'line|' || split.contract_line_id = owners.owner_id
        and split.point_from >= owners.lookup_from
        and split.point_from < owners.lookup_to
inner join {{ ref('dim_contract_line') }} as current_owners
    on 'line|' || split.contract_line_id = current_owners.owner_id and current_owners.is_as_is
