-- Unbilled time and overage within the caps, and what lies beyond them. Items fill the room by work date and id, the
-- line's room first, then the contract's; a negative item gives room back. The value beyond a room after each item is
-- the highest that the running total has stood above it, so no item needs the result of the one before.
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

line_totals as (
    select
        in_runs.*,
        sum(in_runs.amount) over (
            partition by in_runs.contract_line_id, in_runs.live_from
            order by in_runs.item_date, in_runs.time_entry_id, in_runs.item_id
            rows between unbounded preceding and current row
        ) - in_runs.line_room as above_line
    from in_runs
    where in_runs.may_bind
),

line_beyond as (
    select
        line_totals.*,
        greatest(coalesce(max(line_totals.above_line) over (
            partition by line_totals.contract_line_id, line_totals.live_from
            order by line_totals.item_date, line_totals.time_entry_id, line_totals.item_id
            rows between unbounded preceding and current row
        ), 0), 0) as beyond_line
    from line_totals
),

within_line as (
    select
        line_beyond.*,
        line_beyond.amount - (line_beyond.beyond_line - lag(line_beyond.beyond_line, 1, 0) over (
            partition by line_beyond.contract_line_id, line_beyond.live_from
            order by line_beyond.item_date, line_beyond.time_entry_id, line_beyond.item_id
        )) as within_amount
    from line_beyond
),

contract_totals as (
    select
        within_line.*,
        sum(within_line.within_amount) over (
            partition by within_line.contract_id, within_line.live_from
            order by within_line.item_date, within_line.time_entry_id, within_line.item_id
            rows between unbounded preceding and current row
        ) - within_line.contract_room as above_contract
    from within_line
),

contract_beyond as (
    select
        contract_totals.*,
        greatest(coalesce(max(contract_totals.above_contract) over (
            partition by contract_totals.contract_id, contract_totals.live_from
            order by contract_totals.item_date, contract_totals.time_entry_id, contract_totals.item_id
            rows between unbounded preceding and current row
        ), 0), 0) as beyond_contract
    from contract_totals
),

within_both as (
    select
        contract_beyond.*,
        contract_beyond.within_amount
        - (contract_beyond.beyond_contract - lag(contract_beyond.beyond_contract, 1, 0) over (
            partition by contract_beyond.contract_id, contract_beyond.live_from
            order by contract_beyond.item_date, contract_beyond.time_entry_id, contract_beyond.item_id
        )) as fitting_amount
    from contract_beyond
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
