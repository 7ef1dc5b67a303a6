-- Capped contracts by stretches of days. Within a stretch nothing changes that a cap depends on; stretches on which no
-- cap can bind (what is unbilled fits, even without its negative items) are joined to one run, which needs no look at
-- the items. Rooms are what posted invoices leave of the cap in force; null without a cap.
{{ config(meta={'keeps_difference': true}) }}

with caps as (
    select
        contract_id,
        contract_line_id,
        nte_amount,
        values_from,
        values_to
    from {{ ref('int_contract_line_version') }}
    where nte_amount is not null and values_from < values_to
),

capped as (
    select contract_id from caps
    union
    select contract_id from {{ ref('int_contract_line') }}
    where contract_nte_amount is not null
),

contract_lines as (
    select
        contract_lines.contract_id,
        contract_lines.contract_line_id,
        contract_lines.contract_nte_amount
    from {{ ref('int_contract_line') }} as contract_lines
    inner join capped on contract_lines.contract_id = capped.contract_id
),

items as (
    select
        contract_lines.contract_id,
        hours.contract_line_id,
        hours.live_from,
        hours.live_to,
        greatest(hours.amount, 0) as amount
    from {{ ref('int_wip_hours') }} as hours
    inner join contract_lines on hours.contract_line_id = contract_lines.contract_line_id
    where hours.component in ('unbilled_tm_time', 'unbilled_overage')
),

posted as (
    select
        posted.contract_id,
        posted.contract_line_id,
        posted.posting_date as day,
        posted.amount
    from {{ ref('int_posted_hours_value') }} as posted
    inner join capped on posted.contract_id = capped.contract_id
),

days as (
    select
        contract_id,
        live_from as day
    from items
    union
    select
        contract_id,
        live_to as day
    from items
    where live_to < {{ end_of_time() }}
    union
    select
        contract_id,
        day
    from posted
    union
    select
        contract_id,
        values_from as day
    from caps
),

changes as (
    select
        contract_line_id,
        live_from as day,
        amount as waiting,
        cast(0 as numeric(28, 6)) as billed
    from items
    union all
    select
        contract_line_id,
        live_to as day,
        -amount as waiting,
        cast(0 as numeric(28, 6)) as billed
    from items
    where live_to < {{ end_of_time() }}
    union all
    select
        contract_line_id,
        day,
        cast(0 as numeric(28, 6)) as waiting,
        amount as billed
    from posted
),

summed as (
    select
        contract_line_id,
        day,
        sum(waiting) as waiting,
        sum(billed) as billed
    from changes
    group by contract_line_id, day
),

line_states as (
    select
        contract_lines.contract_id,
        contract_lines.contract_line_id,
        contract_lines.contract_nte_amount,
        days.day,
        sum(coalesce(summed.waiting, 0)) over (
            partition by contract_lines.contract_line_id order by days.day
            rows between unbounded preceding and current row
        ) as waiting,
        sum(coalesce(summed.billed, 0)) over (
            partition by contract_lines.contract_line_id order by days.day
            rows between unbounded preceding and current row
        ) as billed
    from days
    inner join contract_lines on days.contract_id = contract_lines.contract_id
    left join summed
        on contract_lines.contract_line_id = summed.contract_line_id and days.day = summed.day
),

rooms as (
    select
        line_states.*,
        -- greatest() passes over nulls: without a cap there is no room to speak of
        case when caps.nte_amount is not null then greatest(caps.nte_amount - line_states.billed, 0) end as line_room
    from line_states
    left join caps
        on
            line_states.contract_line_id = caps.contract_line_id
            and line_states.day >= caps.values_from
            and line_states.day < caps.values_to
),

states as (
    select
        contract_id,
        day as state_from,
        lead(day, 1, {{ end_of_time() }}) over (partition by contract_id order by day) as state_to,
        case
            when max(contract_nte_amount) is not null then greatest(max(contract_nte_amount) - sum(billed), 0)
        end as contract_room,
        coalesce(sum(waiting) > max(contract_nte_amount) - sum(billed), false)
        or max(case when waiting > line_room then 1 else 0 end) = 1 as may_bind
    from rooms
    group by contract_id, day
),

marked as (
    select
        states.*,
        case
            when states.may_bind then 1
            when lag(states.may_bind, 1, true) over (partition by states.contract_id order by states.state_from) then 1
            else 0
        end as begins_run
    from states
),

numbered as (
    select
        marked.*,
        sum(marked.begins_run) over (
            partition by marked.contract_id order by marked.state_from rows between unbounded preceding and current row
        ) as run_number
    from marked
),

runs as (
    select
        contract_id,
        run_number,
        min(state_from) as run_from,
        max(state_to) as run_to,
        max(case when may_bind then 1 else 0 end) = 1 as may_bind,
        min(contract_room) as contract_room
    from numbered
    group by contract_id, run_number
)

select
    runs.contract_id,
    runs.run_from,
    runs.run_to,
    runs.may_bind,
    rooms.contract_line_id,
    case when runs.may_bind then rooms.line_room end as line_room,
    case when runs.may_bind then runs.contract_room end as contract_room
from runs
inner join rooms on runs.contract_id = rooms.contract_id and runs.run_from = rooms.day
