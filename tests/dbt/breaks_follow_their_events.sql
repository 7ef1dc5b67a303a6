-- What is broken now is, by its last event, not resolved; what is not broken is resolved. (A refresh that looks back to
-- an earlier day records nothing, and is not judged.)
with latest as (
    select
        events.*,
        row_number() over (partition by events.break_id order by events.event_number desc) as place,
        max(events.happened_on) over () as last_day
    from {{ ref('rec_break_event') }} as events
),

recorded as (
    select * from latest
    where place = 1 and event_kind <> 'resolved'
)

select
    present.break_id as broken_now,
    recorded.break_id as recorded_id,
    recorded.event_kind
from {{ ref('rec_break') }} as present
full outer join recorded on present.break_id = recorded.break_id
where
    (present.break_id is null or recorded.break_id is null)
    and not exists (
        select 1 from {{ ref('rec_break_event') }} as later
        where later.happened_on > {{ date_literal(var('as_of')) }}
    )
