-- Employee activated → resource available. Asked of who started within the days of capacity: known to another system in
-- which people are planned or record time, and time recorded for the employment. No record says when a person became
-- known, so that step has no time.
{{ config(materialized='view', meta={'reads': {'fct_time_entry': [
    'employment_key', 'time_entry_id', 'entered_at', 'is_recorded', 'is_outside_employment',
]}}) }}

{%- set delivery = delivery_systems() %}

with known as (
    select
        links.canonical_key as employee_key,
        min(people.source_system) as first_system,
        max(people.source_system) as last_system
    from {{ ref('can_employee') }} as people
    inner join {{ ref('xwalk_employee') }} as links
        on people.source_system = links.source_system and people.employee_id = links.source_id
    where
        not people.is_deleted
        and people.source_system in ({{ delivery_list(delivery) }})
    group by links.canonical_key
),

recorded as (
    select
        employment_key,
        min(time_entry_id) as time_entry_id,
        min(entered_at) as entered_at
    from {{ ref('fct_time_entry') }}
    where is_recorded and not is_outside_employment
    group by employment_key
),

items as (
    select
        records.employment_id,
        records.source_system,
        records.source_object,
        records.source_id,
        records.correlation_id,
        known.first_system,
        known.last_system,
        recorded.time_entry_id,
        recorded.entered_at,
        people.legal_entity_id as owner_entity_id,
        employments.valid_from as started_on,
        cast(recorded.entered_at as date) as entered_on,
        'employment|' || records.source_system || ':' || records.employment_id as item_key,
        people.employee_name || ', employment ' || records.employment_id as item_name
    from {{ ref('int_employment') }} as employments
    cross join {{ ref('int_horizon') }} as horizon
    inner join {{ ref('can_employment') }} as records on employments.employment_key = records.entity_key
    inner join {{ ref('dim_employee') }} as people
        on
            employments.employment_key = people.employment_key
            and employments.valid_from >= people.lookup_from
            and employments.valid_from < people.lookup_to
    left join known on employments.employee_key = known.employee_key
    left join recorded on employments.employment_key = recorded.employment_key
    where employments.valid_from >= horizon.history_from and employments.valid_from <= horizon.as_of
)

{{ workflow_steps('items', 'worker_sync', [
    {
        'step': 'employed', 'recorded': 'true', 'done': 'true', 'on': 'items.started_on',
        'gap': '', 'object': 'employment', 'id': 'items.employment_id',
    },
    {
        'step': 'known_to_delivery', 'recorded': other_delivery_system(delivery, 'items.source_system'),
        'done': 'coalesce(items.first_system <> items.source_system or items.last_system <> items.source_system, false)',
        'gap': 'no second system delivers people and plans or records their time', 'object': 'employee',
        'id': 'items.last_system',
    },
    {
        'step': 'first_time', 'recorded': is_delivered('time_entry'), 'done': 'items.time_entry_id is not null',
        'on': 'items.entered_on', 'at': 'items.entered_at', 'gap': 'no system delivers time', 'object': 'time_entry',
        'id': 'items.time_entry_id',
    },
]) }}
