-- Milestone completed → invoice proposal and revenue entry. No record ties revenue to a milestone: it is the first
-- posting for the contract line and the service period that holds the day on which the milestone was completed.
{{ config(materialized='view') }}

with invoiced as (
    {{ invoiced_items('milestone') }}
),

raised as (
    select
        milestone_key,
        min(billing_event_id) as billing_event_id
    from {{ ref('fct_billing_event') }}
    where milestone_key is not null
    group by milestone_key
),

completed as (
    select * from {{ ref('int_milestone_state') }}
    where completed_date is not null and completed_date <= {{ date_literal(var('as_of')) }}
),

recognized as (
    select
        completed.milestone_key,
        min(revenue.posting_date) as posted_on,
        min(revenue.revenue_schedule_line_id) as revenue_schedule_line_id
    from completed
    inner join {{ ref('fct_revenue_line') }} as revenue
        on
            completed.contract_line_id = revenue.contract_line_id
            and completed.completed_date >= revenue.period_start
            and completed.completed_date <= revenue.period_end
    where revenue.is_posted and revenue.posting_date <= {{ date_literal(var('as_of')) }}
    group by completed.milestone_key
),

items as (
    select
        completed.milestone_id,
        completed.accepted_date,
        completed.acceptance_required,
        completed.source_system,
        completed.source_object,
        completed.correlation_id,
        completed.milestone_id as source_id,
        owners.legal_entity_id as owner_entity_id,
        raised.billing_event_id,
        invoiced.invoice_id,
        invoiced.billed_on,
        recognized.posted_on,
        recognized.revenue_schedule_line_id,
        completed.completed_date as started_on,
        'milestone|' || completed.source_system || ':' || completed.milestone_id as item_key,
        'Milestone ' || coalesce(completed.milestone_name, completed.milestone_id) as item_name
    from completed
    left join {{ ref('dim_contract_line') }} as owners
        on
            'line|' || completed.contract_line_id = owners.owner_id
            and completed.completed_date >= owners.lookup_from
            and completed.completed_date < owners.lookup_to
    left join raised on completed.milestone_key = raised.milestone_key
    left join invoiced on completed.milestone_key = invoiced.item_id
    left join recognized on completed.milestone_key = recognized.milestone_key
)

{{ workflow_steps('items', 'milestone_to_invoice', [
    {
        'step': 'completed', 'recorded': 'true', 'done': 'true', 'on': 'items.started_on',
        'gap': '', 'object': 'milestone', 'id': 'items.milestone_id',
    },
    {
        'step': 'accepted', 'recorded': 'true', 'done': 'items.accepted_date is not null', 'on': 'items.accepted_date',
        'applies': 'items.acceptance_required', 'gap': '', 'object': 'milestone', 'id': 'items.milestone_id',
    },
    {
        'step': 'invoice_proposal', 'recorded': is_delivered('billing_event'),
        'done': 'items.billing_event_id is not null', 'gap': 'no system delivers billing events',
        'object': 'billing_event', 'id': 'items.billing_event_id',
    },
    {
        'step': 'invoiced', 'recorded': is_delivered('invoice'), 'done': 'items.invoice_id is not null',
        'on': 'items.billed_on', 'gap': 'no system delivers invoices', 'object': 'invoice', 'id': 'items.invoice_id',
    },
    {
        'step': 'revenue_entry', 'recorded': is_delivered('revenue_schedule'),
        'done': 'items.revenue_schedule_line_id is not null', 'on': 'items.posted_on',
        'gap': 'no system delivers revenue', 'object': 'revenue_schedule', 'id': 'items.revenue_schedule_line_id',
    },
]) }}
