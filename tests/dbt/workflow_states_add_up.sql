-- Done, waiting and not recorded are all items of a step; an item stops where it waits; no step is missing its name;
-- and nothing that happened after the as-of date counts.
select
    workflow,
    step,
    items
from {{ ref('ops_workflow') }}
where
    items <> done + waiting + not_recorded
    or dated > done
    or stopped_here > waiting
    or (waiting = 0 and oldest_waiting_since is not null)
    or (oldest_waiting_since is null) <> (oldest_waiting_item is null)
union all
select
    steps.workflow,
    steps.step,
    count(*) as items
from {{ ref('ops_workflow_step') }} as steps
left join {{ ref('workflow_step') }} as named
    on steps.workflow = named.workflow and steps.step = named.step and steps.step_order = named.step_order
where named.step is null
group by steps.workflow, steps.step
union all
select
    workflow,
    step,
    count(*) as items
from {{ ref('ops_workflow_step') }}
where
    happened_on > {{ date_literal(var('as_of')) }}
    or started_on > {{ date_literal(var('as_of')) }}
    or (state <> 'done' and happened_on is not null)
    or (state = 'not_recorded') <> (gap is not null)
    or (is_stopped_here and state <> 'waiting')
group by workflow, step
