-- From when to when an invoice bills what stands on it: from its posting until a credit note for a rebill is posted.
-- Draft and void invoices bill nothing; a credit note for any other reason releases nothing.
with live as (
    select * from {{ ref('int_invoice') }}
    where is_live
),

released as (
    select
        reverses_invoice_id as invoice_id,
        min(posting_date) as released_on
    from live
    where credit_reason = 'rebill' and reverses_invoice_id is not null
    group by reverses_invoice_id
)

select
    live.invoice_id,
    live.posting_date as billed_from,
    coalesce(released.released_on, {{ end_of_time() }}) as billed_to
from live
left join released on live.invoice_id = released.invoice_id
where released.released_on is null or released.released_on > live.posting_date
