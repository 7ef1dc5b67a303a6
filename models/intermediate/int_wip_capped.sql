-- Unbilled time and overage within the caps, and what lies beyond them. Items fill the room by work date and id, the
-- line's room first, then the contract's (macros/billing/caps.sql).
with hours as (
    select
        hours.*,
        contract_lines.contract_id
    from {{ ref('int_wip_hours') }} as hours
    inner join {{ ref('int_contract_line') }} as contract_lines
        on hours.contract_line_id = contract_lines.contract_line_id
),

in_runs as (
    select
        hours.item_id,
        hours.time_entry_id,
        hours.contract_id,
        hours.contract_line_id,
        hours.item_date,
        hours.component,
        hours.amount,
        runs.line_room,
        runs.contract_room,
        greatest(hours.live_from, coalesce(runs.run_from, hours.live_from)) as live_from,
        least(hours.live_to, coalesce(runs.run_to, hours.live_to)) as live_to,
        coalesce(runs.may_bind, false) as may_bind
    from hours
    left join {{ ref('int_cap_run') }} as runs
        on
            hours.contract_line_id = runs.contract_line_id
            and hours.live_from < runs.run_to
            and hours.live_to > runs.run_from
            and hours.component in ('unbilled_tm_time', 'unbilled_overage')
),

bound as (
    select * from in_runs
    where may_bind
),

within_line as (
    {{ within_room('bound', 'amount', 'line_room', 'contract_line_id', 'within_amount') }}
),

within_line_only as (
    select
        item_id,
        time_entry_id,
        contract_id,
        contract_line_id,
        item_date,
        component,
        amount,
        within_amount,
        contract_room,
        live_from,
        live_to
    from within_line
),

within_both as (
    {{ within_room('within_line_only', 'within_amount', 'contract_room', 'contract_id', 'fitting_amount') }}
),

parts as (
    select
        item_id,
        contract_line_id,
        item_date,
        component,
        amount,
        live_from,
        live_to
    from in_runs
    where not may_bind
    union all
    select
        item_id,
        contract_line_id,
        item_date,
        component,
        fitting_amount as amount,
        live_from,
        live_to
    from within_both
    union all
    select
        item_id,
        contract_line_id,
        item_date,
        'capped_value' as component,
        amount - fitting_amount as amount,
        live_from,
        live_to
    from within_both
)

select
    item_id,
    contract_line_id,
    item_date,
    component,
    cast(amount as numeric(28, 6)) as amount,
    live_from,
    live_to
from parts
where amount <> 0 and live_from < live_to
