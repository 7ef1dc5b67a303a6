-- Of each approved hour of time and materials: what it is worth is billed, waits, or lies beyond a cap, never twice. On
-- the as-of date the waiting and the capped part of an entry are its price, or it is on a live invoice.
with waiting as (
    select
        item_id,
        sum(amount_transaction) as amount
    from {{ ref('fct_wip_item') }}
    where
        item_kind = 'time'
        and component in ('unbilled_tm_time', 'capped_value')
        and live_from <= {{ date_literal(var('as_of')) }}
        and live_to > {{ date_literal(var('as_of')) }}
    group by item_id
),

sold as (
    select
        entries.time_entry_key,
        entries.price
    from {{ ref('fct_time_entry') }} as entries
    inner join {{ ref('int_contract_line') }} as contract_lines
        on entries.contract_line_id = contract_lines.contract_line_id
    left join {{ ref('int_billed_interval') }} as billed
        on
            billed.item_kind = 'time'
            and entries.time_entry_key = billed.item_id
            and billed.billed_from <= {{ date_literal(var('as_of')) }}
            and billed.billed_to > {{ date_literal(var('as_of')) }}
    where
        entries.is_sold
        and entries.is_approved
        and entries.contract_type = 'time_and_materials'
        and entries.price <> 0
        and entries.work_date <= {{ date_literal(var('as_of')) }}
        and coalesce(cast(entries.approved_at as date), entries.work_date) <= {{ date_literal(var('as_of')) }}
        and contract_lines.first_signed <= {{ date_literal(var('as_of')) }}
        and billed.item_id is null
)

select
    sold.time_entry_key,
    sold.price,
    waiting.amount
from sold
left join waiting on sold.time_entry_key = waiting.item_id
where coalesce(waiting.amount, 0) <> sold.price
