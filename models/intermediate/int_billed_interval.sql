-- When an item was billed: one row per item and uninterrupted stretch on live invoices. item_kind time, expense and
-- milestone go by the id of the item, period by line, kind and first day of a recurring fee (a rebilled fee is raised
-- again, as a new event of the same period).
{{ config(meta={'rows_by': {'key': 'item_id', 'from': {'int_billing_posting': 'item_id'}}}) }}

with spans as (
    select
        postings.item_kind,
        postings.item_id,
        invoices.billed_from,
        invoices.billed_to,
        max(invoices.billed_to) over (
            partition by postings.item_kind, postings.item_id order by invoices.billed_from, invoices.billed_to
            rows between unbounded preceding and 1 preceding
        ) as billed_before_to
    from {{ rows_of('int_billing_posting', 'item_id') }} as postings
    inner join {{ ref('int_invoice_span') }} as invoices on postings.invoice_id = invoices.invoice_id
),

numbered as (
    select
        spans.*,
        sum(case when spans.billed_before_to is null or spans.billed_from > spans.billed_before_to then 1 else 0 end)
            over (
                partition by spans.item_kind, spans.item_id order by spans.billed_from, spans.billed_to
                rows between unbounded preceding and current row
            ) as stretch
    from spans
)

select
    item_kind,
    item_id,
    stretch,
    min(billed_from) as billed_from,
    max(billed_to) as billed_to
from numbered
group by item_kind, item_id, stretch
