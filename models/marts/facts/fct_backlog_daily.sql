-- Backlog and contracted value at the end of each day from the first signature to the as-of date, by contract line
-- and part: hard and soft are the backlog, and so are scheduled and unscheduled; beside it stand overrun, contracted
-- value and its annual value. A balance that has ended is written once more as zero. What named bookings schedule is
-- known by practice and entity of who is booked. Converted at the spot rate of the day.
{%- set parts = ['hard', 'soft', 'unscheduled', 'overrun', 'tcv_committed', 'tcv_estimated', 'acv'] %}
{%- set resources = [
    'resource_practice_as_was', 'resource_practice_as_is', 'resource_entity_as_was', 'resource_entity_as_is'
] %}
with points as (
    select * from {{ ref('int_backlog_point') }}
),

resources as (
    select
        resource_key,
        {% for resource in resources -%}
        {{ resource }},
        {% endfor -%}
        contract_line_id,
        sum(planned_value) as planned_value
    from {{ ref('int_backlog_plan') }}
    group by {{ resources | join(', ') }}, resource_key, contract_line_id
),

first_points as (
    select
        contract_line_id,
        min(point_from) as first_day
    from points
    group by contract_line_id
),

-- days before the first signature are behind already
passed as (
    select
        plan.resource_key,
        greatest(plan.work_date, first_points.first_day) as point_from,
        sum(plan.planned_value) as planned_value
    from {{ ref('int_backlog_plan') }} as plan
    inner join first_points on plan.contract_line_id = first_points.contract_line_id
    group by plan.resource_key, greatest(plan.work_date, first_points.first_day)
),

ahead as (
    select
        points.contract_line_id,
        points.point_from,
        points.point_to,
        points.scheduled,
        resources.resource_key,
        resources.planned_value - sum(coalesce(passed.planned_value, 0)) over (
            partition by resources.resource_key
            order by points.point_from
            rows between unbounded preceding and current row
        ) as planned_value
    from points
    inner join resources on points.contract_line_id = resources.contract_line_id
    left join passed
        on
            resources.resource_key = passed.resource_key
            and points.point_from = passed.point_from
    where points.is_scheduled_by_bookings
),

cumulated as (
    select
        ahead.*,
        sum(ahead.planned_value) over (partition by ahead.contract_line_id, ahead.point_from) as whole,
        sum(ahead.planned_value) over (
            partition by ahead.contract_line_id, ahead.point_from
            order by ahead.resource_key
            rows between unbounded preceding and current row
        ) as up_to_here
    from ahead
),

-- a plan beyond what is left is cut for everybody alike; each share is what the cut leaves up to it less up to before
cut as (
    select
        cumulated.*,
        case
            when cumulated.whole <= 0 then 0
            when cumulated.whole <= cumulated.scheduled then cumulated.up_to_here
            else {{ multiply_rate(
                'cumulated.scheduled',
                divide_rate('greatest(least(cumulated.up_to_here, cumulated.whole), 0)', 'cumulated.whole')
            ) }}
        end as scheduled_up_to_here
    from cumulated
),

amounts as (
    {% for part in parts -%}
    select
        contract_line_id,
        point_from,
        point_to,
        '{{ part }}' as component,
        '' as resource_key,
        {{ part }} as amount
    from points
    union all
    {% endfor -%}
    select
        contract_line_id,
        point_from,
        point_to,
        'scheduled' as component,
        '' as resource_key,
        case when is_scheduled_by_bookings then 0 else scheduled end as amount
    from points
    union all
    select
        contract_line_id,
        point_from,
        point_to,
        'scheduled' as component,
        resource_key,
        scheduled_up_to_here - lag(scheduled_up_to_here, 1, 0) over (
            partition by contract_line_id, point_from order by resource_key
        ) as amount
    from cut
),

changing as (
    select
        amounts.*,
        {{ surrogate_key(['amounts.contract_line_id', 'amounts.component', 'amounts.resource_key']) }} as balance_key,
        lag(amounts.amount, 1, 0) over (
            partition by amounts.contract_line_id, amounts.component, amounts.resource_key
            order by amounts.point_from
        ) as amount_before
    from amounts
),

daily as (
    select
        changing.balance_key,
        changing.contract_line_id,
        changing.point_from,
        changing.component,
        changing.resource_key,
        changing.amount,
        days.date_day as snapshot_date
    from changing
    inner join {{ ref('dim_date') }} as days
        on changing.point_from <= days.date_day and changing.point_to > days.date_day
    where changing.amount <> 0 or (changing.amount_before <> 0 and changing.point_from = days.date_day)
),

owned as (
    select
        daily.balance_key,
        daily.snapshot_date,
        daily.component,
        daily.contract_line_id,
        daily.amount,
        {% for resource in resources -%}
        resources.{{ resource }},
        {% endfor -%}
        points.project_key,
        points.contract_line_version_id,
        points.contracted,
        points.recognized,
        points.missing_link,
        points.contract_line_version_key_as_was,
        points.contract_line_version_key_as_is,
        points.owner_currency,
        points.owner_functional_currency
    from daily
    inner join points
        on
            daily.contract_line_id = points.contract_line_id
            and daily.point_from = points.point_from
    left join resources on daily.resource_key = resources.resource_key
),

converted as (
    {{ converted_balance('owned', ['amount'], 'owner_currency', 'owner_functional_currency', 'snapshot_date') }}
)

select
    balance_key,
    snapshot_date,
    component,
    contract_line_id,
    contract_line_version_key_as_was,
    contract_line_version_key_as_is,
    {% for resource in resources -%}
    {{ resource }},
    {% endfor -%}
    {% for mode in ['transaction', 'functional', 'reporting', 'constant'] -%}
    amount_{{ mode }},
    currency_{{ mode }},
    {% endfor -%}
    contract_line_version_id,
    contracted as contracted_value,
    recognized as recognized_value,
    project_key,
    missing_link
from converted
