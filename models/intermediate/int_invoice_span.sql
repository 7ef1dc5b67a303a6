-- From when to when an invoice bills what stands on it: from its posting until a credit note for a rebill is posted.
-- Draft and void invoices bill nothing; a credit note for any other reason releases nothing.
with precedence as (
    {{ system_precedence('invoice') }}
),

known as (
    select
        invoices.*,
        row_number() over (
            partition by invoices.invoice_id order by precedence.precedence, invoices.entity_key
        ) as place
    from {{ ref('can_invoice') }} as invoices
    inner join precedence on invoices.source_system = precedence.source_system
    where not invoices.is_deleted
),

live as (
    select * from known
    where place = 1 and status in ('posted', 'paid') and posting_date is not null
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
