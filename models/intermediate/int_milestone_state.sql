-- Milestones that are billing events, at the as-of date: when each was reached by the acceptance rule of its line, and
-- the live posted invoice that it stands on.
{{ config(materialized='view') }}

with milestones as (
    select * from {{ ref('can_milestone') }}
    where not is_deleted and coalesce(represents, 'event') <> 'task' and amount <> 0
),

lines_in_force as (
    select * from {{ ref('int_contract_line_version') }}
    where values_from <= {{ date_literal(var('as_of')) }} and values_to > {{ date_literal(var('as_of')) }}
),

live_postings as (
    select
        postings.item_id,
        min(postings.invoice_id) as invoice_id
    from {{ ref('int_billing_posting') }} as postings
    inner join {{ ref('int_invoice_span') }} as spans on postings.invoice_id = spans.invoice_id
    where
        postings.item_kind = 'milestone'
        and spans.billed_from <= {{ date_literal(var('as_of')) }}
        and spans.billed_to > {{ date_literal(var('as_of')) }}
    group by postings.item_id
)

select
    milestones.entity_key as milestone_key,
    milestones.source_system,
    milestones.source_object,
    milestones.milestone_id,
    milestones.milestone_name,
    milestones.contract_line_id,
    milestones.amount,
    lines_in_force.currency,
    lines_in_force.acceptance_required,
    milestones.planned_date,
    milestones.completed_date,
    milestones.accepted_date,
    live_postings.invoice_id,
    milestones.correlation_id,
    case
        when lines_in_force.acceptance_required then milestones.accepted_date else milestones.completed_date
    end as reached_date
from milestones
inner join lines_in_force on milestones.contract_line_id = lines_in_force.contract_line_id
left join live_postings on milestones.entity_key = live_postings.item_id
