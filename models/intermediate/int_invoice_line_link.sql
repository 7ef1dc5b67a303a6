-- What is missing under each line of an invoice: the billing event that raised it, the record that the event names, or
-- what that record rests on itself; of a credit note the invoice that it takes back. An event belongs to a line where
-- either names the other, or where it names the invoice and its contract line only. What is billed ahead has no event.
-- Where events of a line lack different things, the first by name is said.
{{ config(meta={'reads': {
    'fct_time_entry': ['time_entry_key', 'missing_link'],
    'fct_billing_event': ['billing_event_id', 'time_entry_key', 'expense_key', 'milestone_key'],
}}) }}

with events as (
    {{ golden_rows('billing_event', ['billing_event_id']) }}
),

lines as (
    select * from {{ ref('int_invoice_line') }}
),

named as (
    select
        lines.invoice_line_key,
        events.billing_event_id
    from lines
    inner join events on lines.invoice_line_id = events.invoice_line_id
    union
    select
        lines.invoice_line_key,
        events.billing_event_id
    from lines
    inner join events on lines.billing_event_id = events.billing_event_id
    union
    select
        lines.invoice_line_key,
        events.billing_event_id
    from lines
    inner join events
        on
            lines.invoice_id = events.invoice_id
            and lines.contract_line_id = events.contract_line_id
            and events.invoice_line_id is null
),

-- an event of time, an expense or a milestone names its record; one of another kind may
raised as (
    select
        events.billing_event_id,
        case
            when
                facts.time_entry_key is null
                and (events.kind = 'time' or events.time_entry_id is not null) then 'billed_record'
            when
                facts.expense_key is null
                and (events.kind = 'expense' or events.expense_id is not null) then 'billed_record'
            when
                facts.milestone_key is null
                and (events.kind = 'milestone' or events.milestone_id is not null) then 'billed_record'
            else coalesce(entries.missing_link, expenses.missing_link)
        end as missing_link
    from events
    inner join {{ ref('fct_billing_event') }} as facts on events.billing_event_id = facts.billing_event_id
    left join {{ ref('fct_time_entry') }} as entries on facts.time_entry_key = entries.time_entry_key
    left join {{ ref('fct_expense') }} as expenses on facts.expense_key = expenses.expense_key
),

behind as (
    select
        named.invoice_line_key,
        min(raised.missing_link) as missing_link
    from named
    inner join raised on named.billing_event_id = raised.billing_event_id
    group by named.invoice_line_key
)

select
    lines.invoice_line_key,
    case
        when lines.invoice_kind = 'credit_note'
            then case when reversed.invoice_id is null then 'reversed_invoice' end
        when
            {{ is_delivered('billing_event') }}
            and behind.invoice_line_key is null
            and coalesce(lines.kind, '') not in ('advance', 'deposit')
            then 'billing_event'
        else behind.missing_link
    end as missing_link
from lines
inner join {{ ref('int_invoice') }} as invoices on lines.invoice_id = invoices.invoice_id
left join {{ ref('int_invoice') }} as reversed on invoices.reverses_invoice_id = reversed.invoice_id
left join behind on lines.invoice_line_key = behind.invoice_line_key
