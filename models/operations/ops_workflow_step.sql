-- Every item of the five workflows at every step: done, waiting or not recorded; when, and how long it took since the
-- workflow of the item began, in calendar days and in business days of its owner. What waits, for how long until now.
{{ config(materialized='view') }}

with steps as (
    {% for name in ['contract', 'employee', 'time', 'milestone', 'invoice'] -%}
    select * from {{ ref('int_workflow_' ~ name) }}
    {% if not loop.last %}union all{% endif %}
    {% endfor %}
),

known_entities as (
    select legal_entity_id from {{ ref('dim_legal_entity') }}
),

business_days as (
    select * from {{ ref('int_business_day') }}
)

select
    steps.workflow,
    steps.step_order,
    steps.step,
    steps.item_key,
    steps.item_name,
    coalesce(known_entities.legal_entity_id, 'Unassigned') as owner_entity_id,
    steps.state,
    steps.gap,
    steps.started_on,
    steps.happened_on,
    steps.happened_at,
    {{ days_between('steps.started_on', 'steps.happened_on') }} as lag_days,
    happened.business_day_number - started.business_day_number as lag_business_days,
    case
        when steps.state = 'waiting' then {{ days_between('steps.started_on', date_literal(var('as_of'))) }}
    end as waiting_days,
    case
        when steps.state = 'waiting' then today.business_day_number - started.business_day_number
    end as waiting_business_days,
    steps.first_waiting = steps.step_order as is_stopped_here,
    steps.evidence_object,
    steps.evidence_id,
    steps.source_system,
    steps.source_object,
    steps.source_id,
    steps.correlation_id
from steps
left join known_entities on steps.owner_entity_id = known_entities.legal_entity_id
left join business_days as started
    on
        coalesce(known_entities.legal_entity_id, 'Unassigned') = started.legal_entity_id
        and steps.started_on = started.date_day
left join business_days as happened
    on
        coalesce(known_entities.legal_entity_id, 'Unassigned') = happened.legal_entity_id
        and steps.happened_on = happened.date_day
left join business_days as today
    on
        coalesce(known_entities.legal_entity_id, 'Unassigned') = today.legal_entity_id
        and {{ date_literal(var('as_of')) }} = today.date_day
