-- One row per line of the ledger's revenue schedule, planned or posted. An amount is recognised once it is posted, by
-- posting date: what has no posting date yet stands on the first day of its service period. What hours earned is asked
-- by service month, so the recognised amount is there once more as of that first day: its owner and exchange rates.
-- Revenue that nobody owns is in the books of the entity that posted it, of an unknown one in its own currency.
{%- set modes = ['transaction', 'functional', 'reporting', 'constant'] %}
with golden as (
    {{ golden_rows('revenue_schedule', ['revenue_schedule_line_id']) }}
),

current_owners as (
    select
        owner_id,
        project_key,
        contract_line_version_key
    from {{ ref('dim_contract_line') }}
    where is_as_is
),

posted as (
    select
        golden.*,
        coalesce(golden.status, '') = 'posted'
        and golden.posting_date is not null
        and golden.recognized_amount is not null as is_posted
    from golden
),

-- a line of no signed contract is owned by its project, and one of no known project by nobody
placed as (
    select
        posted.*,
        case when posted.is_posted then posted.recognized_amount end as posted_amount,
        case when posted.is_posted then posted.posting_date else posted.period_start end as ledger_date,
        case when contract_lines.owner_id is not null then posted.contract_line_id end as known_line_id,
        coalesce(contract_lines.owner_id, projects.owner_id, 'project|unassigned') as owner_id,
        coalesce(contract_lines.project_key, projects.project_key, 'unassigned') as project_key
    from posted
    left join current_owners as contract_lines
        on 'line|' || posted.contract_line_id = contract_lines.owner_id
    left join {{ ref('xwalk_project') }} as links
        on
            posted.source_system = links.source_system
            and posted.project_id = links.source_id
            and links.valid_to = {{ end_of_time() }}
    left join current_owners as projects
        on 'project|' || links.canonical_key = projects.owner_id
),

-- a mistyped year still finds the first or the last version
dated as (
    select
        placed.*,
        greatest(
            least(placed.ledger_date, {{ add_days(end_of_time(), -1) }}), {{ beginning_of_time() }}
        ) as lookup_date,
        greatest(
            least(placed.period_start, {{ add_days(end_of_time(), -1) }}), {{ beginning_of_time() }}
        ) as service_lookup_date
    from placed
),

owned as (
    select
        dated.*,
        owners.contract_line_version_key as contract_line_version_key_as_was,
        current_owners.contract_line_version_key as contract_line_version_key_as_is,
        service_owners.contract_line_version_key as service_contract_line_version_key_as_was,
        current_owners.contract_line_version_key as service_contract_line_version_key_as_is,
        owners.contract_type,
        owners.fiscal_year_start_month,
        service_owners.fiscal_year_start_month as service_fiscal_year_start_month,
        owners.missing_link as owner_missing_link,
        dated.posted_amount as service_amount,
        coalesce(owners.functional_currency, entities.functional_currency, dated.currency) as books_currency,
        coalesce(
            service_owners.functional_currency, entities.functional_currency, dated.currency
        ) as service_books_currency
    from dated
    inner join {{ ref('dim_contract_line') }} as owners
        on
            dated.owner_id = owners.owner_id
            and dated.lookup_date >= owners.lookup_from
            and dated.lookup_date < owners.lookup_to
    inner join {{ ref('dim_contract_line') }} as service_owners
        on
            dated.owner_id = service_owners.owner_id
            and dated.service_lookup_date >= service_owners.lookup_from
            and dated.service_lookup_date < service_owners.lookup_to
    inner join current_owners on dated.owner_id = current_owners.owner_id
    left join {{ ref('dim_legal_entity') }} as entities on dated.legal_entity_id = entities.legal_entity_id
),

journals as (
    select distinct
        source_system,
        journal_id
    from {{ ref('can_gl_entry') }}
    where not is_deleted
),

-- a posted line names the journal that posted it, where the firm has a general ledger
linked as (
    select
        owned.*,
        case
            when owned.owner_missing_link is not null then owned.owner_missing_link
            when
                {{ is_delivered('gl_entry') }} and owned.is_posted and journals.journal_id is null
                then 'journal'
        end as missing_link
    from owned
    left join journals
        on
            owned.journal_id = journals.journal_id
            and {{ same_system_or_reader('owned', 'journals', 'gl_entry') }}
),

by_posting_date as (
    {{ converted_flow(
        'linked', ['planned_amount', 'posted_amount'], 'currency', 'books_currency', 'ledger_date'
    ) }}
),

by_service_month as (
    {{ converted_flow(
        'by_posting_date', ['service_amount'], 'currency', 'service_books_currency', 'period_start',
        'service_currency'
    ) }}
)

select
    entity_key as revenue_line_key,
    source_system,
    source_object,
    revenue_schedule_line_id,
    known_line_id as contract_line_id,
    project_key,
    performance_obligation_id,
    legal_entity_id as posting_legal_entity_id,
    contract_line_version_key_as_was,
    contract_line_version_key_as_is,
    service_contract_line_version_key_as_was,
    service_contract_line_version_key_as_is,
    contract_type,
    contract_type = 'expense' as is_passthrough,
    status,
    is_posted,
    posting_date,
    ledger_date,
    period_start,
    period_end,
    {{ fiscal_period_label('ledger_date', 'fiscal_year_start_month') }} as owner_fiscal_period,
    {{ fiscal_period_label('period_start', 'service_fiscal_year_start_month') }} as service_owner_fiscal_period,
    {% for mode in modes -%}
    planned_amount_{{ mode }},
    posted_amount_{{ mode }} as recognized_amount_{{ mode }},
    currency_{{ mode }},
    service_amount_{{ mode }},
    service_currency_{{ mode }},
    {% endfor -%}
    journal_id,
    missing_link,
    quality_flags,
    source_url,
    correlation_id,
    source_file,
    source_row,
    load_id
from by_service_month
