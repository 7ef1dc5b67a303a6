-- Recurring fees, one row per line, kind and period however often the fee was raised (a rebill raises it again): the
-- lowest event id that was not called off says what is due, and when.
with numbered as (
    select
        events.*,
        {{ billing_period('events') }} as billing_period,
        row_number() over (
            partition by {{ billing_period('events') }} order by events.billing_event_id, events.entity_key
        ) as place
    from {{ ref('can_billing_event') }} as events
    where
        not events.is_deleted
        and events.kind in ('retainer', 'subscription', 'usage')
        and events.contract_line_id is not null
        and coalesce(events.status, 'open') <> 'cancelled'
        and events.due_date is not null
        and events.amount is not null
)

select
    billing_period,
    billing_event_id,
    contract_line_id,
    due_date,
    amount,
    source_system,
    source_object,
    source_url,
    source_file,
    source_row,
    load_id,
    case kind when 'usage' then 'unbilled_usage' else 'unbilled_retainer' end as component
from numbered
where place = 1
