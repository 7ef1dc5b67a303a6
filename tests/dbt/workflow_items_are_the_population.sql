-- Every item stands at its first step once: as many as the records that begin each workflow, counted in their own
-- tables.
with populations as (
    select
        'contract_to_project' as workflow,
        count(*) as items
    from {{ ref('int_contract') }} as contracts
    where
        contracts.is_signed
        and coalesce(contracts.status, '') not in ('cancelled', 'void')
        and coalesce(cast(contracts.approved_at as date), contracts.signature_date)
        <= {{ date_literal(var('as_of')) }}
        and contracts.contract_id in (
            select contract_lines.contract_id from {{ ref('int_contract_line') }} as contract_lines
        )
    union all
    select
        'worker_sync' as workflow,
        count(*) as items
    from {{ ref('int_employment') }} as employments
    cross join {{ ref('int_horizon') }} as horizon
    where employments.valid_from >= horizon.history_from and employments.valid_from <= horizon.as_of
    union all
    select
        'time_to_posting' as workflow,
        count(*) as items
    from {{ ref('fct_time_entry') }}
    where
        is_approved
        and not is_after_as_of
        and coalesce(cast(approved_at as date), work_date) <= {{ date_literal(var('as_of')) }}
    union all
    select
        'milestone_to_invoice' as workflow,
        count(*) as items
    from {{ ref('int_milestone_state') }}
    where completed_date <= {{ date_literal(var('as_of')) }}
    union all
    select
        'invoice_to_status' as workflow,
        count(*) as items
    from {{ ref('int_invoice') }}
    where is_live and kind <> 'credit_note' and posting_date <= {{ date_literal(var('as_of')) }}
)

select
    populations.workflow,
    populations.items,
    steps.items as items_at_first_step
from populations
inner join {{ ref('ops_workflow') }} as steps
    on populations.workflow = steps.workflow and steps.step_order = 1
where populations.items <> steps.items
