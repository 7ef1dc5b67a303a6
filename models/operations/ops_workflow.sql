-- The five workflows step by step: how many items are done, wait or leave no record, how long it took, where items
-- stop, and what has waited longest. A step that no item has is there with zeros.
with steps as (
    select * from {{ ref('ops_workflow_step') }}
),

counted as (
    select
        workflow,
        step,
        count(*) as items,
        sum(case when state = 'done' then 1 else 0 end) as done,
        sum(case when state = 'done' and happened_on is not null then 1 else 0 end) as dated,
        sum(case when state = 'waiting' then 1 else 0 end) as waiting,
        sum(case when state = 'not_recorded' then 1 else 0 end) as not_recorded,
        sum(case when is_stopped_here then 1 else 0 end) as stopped_here,
        {% for unit in ['days', 'business_days'] -%}
        {{ percentile('lag_' ~ unit, '0.5') }} as median_lag_{{ unit }},
        {{ percentile('lag_' ~ unit, '0.9') }} as p90_lag_{{ unit }},
        {% endfor -%}
        min(case when state = 'waiting' then started_on end) as oldest_waiting_since
    from steps
    group by workflow, step
),

oldest as (
    select
        counted.workflow,
        counted.step,
        min(steps.item_name) as oldest_waiting_item,
        min(steps.item_key) as oldest_waiting_key
    from counted
    inner join steps
        on
            counted.workflow = steps.workflow
            and counted.step = steps.step
            and counted.oldest_waiting_since = steps.started_on
            and steps.state = 'waiting'
    group by counted.workflow, counted.step
)

select
    named.workflow,
    named.workflow_order,
    named.workflow_name,
    named.step_order,
    named.step,
    named.step_name,
    cast(coalesce(counted.items, 0) as integer) as items,
    cast(coalesce(counted.done, 0) as integer) as done,
    cast(coalesce(counted.dated, 0) as integer) as dated,
    cast(coalesce(counted.waiting, 0) as integer) as waiting,
    cast(coalesce(counted.not_recorded, 0) as integer) as not_recorded,
    cast(coalesce(counted.stopped_here, 0) as integer) as stopped_here,
    {% for unit in ['days', 'business_days'] -%}
    cast(counted.median_lag_{{ unit }} as integer) as median_lag_{{ unit }},
    cast(counted.p90_lag_{{ unit }} as integer) as p90_lag_{{ unit }},
    {% endfor -%}
    counted.oldest_waiting_since,
    {{ days_between('counted.oldest_waiting_since', date_literal(var('as_of'))) }} as oldest_waiting_days,
    oldest.oldest_waiting_item,
    oldest.oldest_waiting_key
from {{ ref('workflow_step') }} as named
left join counted on named.workflow = counted.workflow and named.step = counted.step
left join oldest on named.workflow = oldest.workflow and named.step = oldest.step
