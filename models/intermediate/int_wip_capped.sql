-- Unbilled time and overage within the caps, and what lies beyond them. Items fill the room by work date and id, the
-- line's room first, then the contract's (macros/billing/caps.sql).
-- Neighbours in that order that wait on the same days and are worth more than nothing are one batch. Room is worked out
-- for batches, and items are asked for their part only after equal parts of neighbouring runs of days are joined: an
-- item waits for years and the room around it changes every week: items times runs would be more than any table here.
{{ config(meta={'rows_by': {
    'key': 'item_id',
    'from': {'int_wip_hours': 'macro cap_touched_items', 'int_cap_run': 'macro cap_touched_items'},
}}) }}
{%- set is_capped = "component in ('unbilled_tm_time', 'unbilled_overage', 'capped_value')" %}

with hours as (
    select
        hours.*,
        contract_lines.contract_id
    from {{ rows_of('int_wip_hours', 'item_id') }} as hours
    inner join {{ ref('int_contract_line') }} as contract_lines
        on hours.contract_line_id = contract_lines.contract_line_id
),

capped_lines as (
    select distinct contract_line_id from {{ ref('int_cap_run') }}
),

-- the day from which a contract's items are worked out here; before it they stand as they were
cuts as (
    {{ cuts_of_contracts() }}
),

capped as (
    select
        hours.item_id,
        hours.time_entry_id,
        hours.contract_line_id,
        hours.contract_id,
        hours.item_date,
        hours.component,
        hours.amount,
        hours.live_to,
        greatest(hours.live_from, cuts.cut) as live_from
    from hours
    inner join capped_lines on hours.contract_line_id = capped_lines.contract_line_id
    inner join cuts on hours.contract_id = cuts.contract_id
    where hours.component in ('unbilled_tm_time', 'unbilled_overage') and hours.live_to > cuts.cut
),

marked as (
    select
        capped.*,
        case
            when
                capped.contract_line_id = lag(capped.contract_line_id) over in_order
                and capped.live_from = lag(capped.live_from) over in_order
                and capped.live_to = lag(capped.live_to) over in_order
                and capped.amount > 0
                and lag(capped.amount) over in_order > 0
                then 0
            else 1
        end as begins_batch
    from capped
    window in_order as (
        partition by capped.contract_id
        order by capped.item_date, capped.time_entry_id, capped.item_id, capped.live_from
    )
),

numbered as (
    select
        marked.*,
        sum(marked.begins_batch) over (
            partition by marked.contract_id
            order by marked.item_date, marked.time_entry_id, marked.item_id, marked.live_from
            rows between unbounded preceding and current row
        ) as batch
    from marked
),

items as (
    select
        numbered.*,
        sum(numbered.amount) over (
            partition by numbered.contract_id, numbered.batch
            order by numbered.item_date, numbered.time_entry_id, numbered.item_id, numbered.live_from
            rows between unbounded preceding and current row
        ) - numbered.amount as amount_before
    from numbered
),

batches as (
    select
        contract_id,
        contract_line_id,
        batch,
        sum(amount) as amount,
        min(live_from) as live_from,
        min(live_to) as live_to
    from items
    group by contract_id, contract_line_id, batch
),

in_runs as (
    select
        batches.contract_id,
        batches.contract_line_id,
        batches.batch,
        batches.amount,
        runs.line_room,
        runs.contract_room,
        runs.may_bind,
        greatest(batches.live_from, runs.run_from) as live_from,
        least(batches.live_to, runs.run_to) as live_to
    from batches
    inner join {{ ref('int_cap_run') }} as runs
        on
            batches.contract_line_id = runs.contract_line_id
            and batches.live_from < runs.run_to
            and batches.live_to > runs.run_from
    inner join cuts on batches.contract_id = cuts.contract_id and runs.run_to > cuts.cut
),

bound as (
    select
        contract_id,
        contract_line_id,
        batch,
        amount,
        line_room,
        contract_room,
        live_from,
        live_to
    from in_runs
    where may_bind
),

within_line as (
    {{ within_room('bound', 'amount', 'line_room', 'contract_line_id', 'within_amount') }}
),

within_line_only as (
    select
        contract_id,
        batch,
        within_amount,
        contract_room,
        live_from,
        live_to
    from within_line
),

within_both as (
    {{ within_room('within_line_only', 'within_amount', 'contract_room', 'contract_id', 'fitting_amount') }}
),

by_run as (
    select
        contract_id,
        batch,
        amount as fitting_amount,
        live_from,
        live_to
    from in_runs
    where not may_bind
    union all
    select
        contract_id,
        batch,
        fitting_amount,
        live_from,
        live_to
    from within_both
),

batch_stretches as (
    {{ joined_stretches('by_run', ['contract_id', 'batch'], 'fitting_amount') }}
),

-- the first items of a batch are within; one that is worth less than nothing is alone in its batch
fitting as (
    select
        items.item_id,
        items.contract_line_id,
        items.item_date,
        items.component,
        items.amount,
        stretches.live_from,
        stretches.live_to,
        case
            when items.amount < 0 then stretches.fitting_amount
            else greatest(least(stretches.fitting_amount - items.amount_before, items.amount), 0)
        end as fitting_amount
    from items
    inner join batch_stretches as stretches
        on items.contract_id = stretches.contract_id and items.batch = stretches.batch
),

stretches as (
    {{ joined_stretches(
        'fitting', ['item_id', 'contract_line_id', 'item_date', 'component', 'amount'], 'fitting_amount'
    ) }}
),

of_caps as (
    select
        item_id,
        contract_line_id,
        item_date,
        component,
        cast(fitting_amount as numeric(28, 6)) as amount,
        live_from,
        live_to
    from stretches
    union all
    select
        item_id,
        contract_line_id,
        item_date,
        'capped_value' as component,
        cast(amount - fitting_amount as numeric(28, 6)) as amount,
        live_from,
        live_to
    from stretches
    {%- if how_to_build() == 'rows' %}
    union all
    select
        kept.item_id,
        kept.contract_line_id,
        kept.item_date,
        kept.component,
        kept.amount,
        kept.live_from,
        least(kept.live_to, cuts.cut) as live_to
    from {{ this }} as kept
    inner join capped_lines on kept.contract_line_id = capped_lines.contract_line_id
    inner join {{ ref('int_contract_line') }} as contract_lines
        on kept.contract_line_id = contract_lines.contract_line_id
    inner join cuts on contract_lines.contract_id = cuts.contract_id
    where kept.{{ is_capped }} and kept.live_from < cuts.cut and {{ touched_keys('kept.item_id') }}
    {%- endif %}
),

{% if how_to_build() == 'rows' -%}
-- what stands and what was worked out meet on the day of the cut
met as (
    {{ joined_stretches('of_caps', ['item_id', 'contract_line_id', 'item_date', 'component'], 'amount') }}
),
{% endif %}

parts as (
    select
        hours.item_id,
        hours.contract_line_id,
        hours.item_date,
        hours.component,
        hours.amount,
        hours.live_from,
        hours.live_to
    from hours
    left join capped_lines on hours.contract_line_id = capped_lines.contract_line_id
    where
        capped_lines.contract_line_id is null
        or hours.component not in ('unbilled_tm_time', 'unbilled_overage')
    union all
    select
        item_id,
        contract_line_id,
        item_date,
        component,
        amount,
        live_from,
        live_to
    from {{ 'met' if how_to_build() == 'rows' else 'of_caps' }}
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
