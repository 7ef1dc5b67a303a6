-- Lines of invoices and credit notes with the sign they count with: a credit note takes away what it is worth as a
-- whole, whichever sign its system writes, so a line of its own the other way stays the other way. The lines of an
-- invoice come from one system, the first in the firm file that has any.
with precedence as (
    {{ system_precedence('invoice_line') }}
),

ranked as (
    select
        records.*,
        dense_rank() over (partition by records.invoice_id order by precedence.precedence) as place
    from {{ ref('can_invoice_line') }} as records
    inner join precedence on records.source_system = precedence.source_system
    where not records.is_deleted
),

signed as (
    select
        ranked.*,
        invoices.kind as invoice_kind,
        invoices.posting_date,
        invoices.is_live,
        case
            when
                invoices.kind = 'credit_note'
                and sum(ranked.amount_untaxed) over (partition by invoices.invoice_id) > 0
                then -1
            else 1
        end as direction
    from ranked
    inner join {{ ref('int_invoice') }} as invoices on ranked.invoice_id = invoices.invoice_id
    where ranked.place = 1
)

select
    signed.entity_key as invoice_line_key,
    signed.invoice_line_id,
    signed.invoice_id,
    signed.invoice_kind,
    signed.posting_date,
    signed.is_live,
    signed.line_number,
    signed.contract_line_id,
    signed.billing_event_id,
    signed.description,
    signed.kind,
    signed.account_id,
    signed.quantity,
    signed.unit_price,
    signed.source_system,
    signed.source_object,
    signed.source_id,
    signed.source_url,
    signed.source_file,
    signed.source_row,
    signed.load_id,
    signed.correlation_id,
    cast(signed.direction * signed.amount_untaxed as numeric(28, 6)) as amount_untaxed,
    cast(signed.direction * signed.amount_tax as numeric(28, 6)) as amount_tax,
    coalesce(projects.canonical_key, 'unassigned') as project_key
from signed
left join {{ ref('xwalk_project') }} as projects
    on
        signed.source_system = projects.source_system
        and signed.project_id = projects.source_id
        and projects.valid_to = {{ end_of_time() }}
