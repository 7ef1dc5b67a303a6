-- One row per version of a line of a signed contract: a verbal contract is not yet one. Two questions are asked of
-- a version: does it hold on a day (lookup_from, lookup_to: owner, discount, mark-up), and do its values count on
-- a day (values_from, values_to: the highest version signed by then).
with golden as (
    {{ golden_rows('contract_line', ['contract_line_id', 'line_version'], ['contract_line_id']) }}
),

known as (
    select
        golden.*,
        contracts.signature_date,
        contracts.legal_entity_id as contract_legal_entity_id,
        contracts.currency as contract_currency,
        contracts.missing_link
    from golden
    inner join {{ ref('int_contract') }} as contracts on golden.contract_id = contracts.contract_id
    where contracts.is_signed
),

versions as (
    select
        known.*,
        coalesce(known.transaction_price, 0) + coalesce(known.minimum_commitment, 0) as committed, -- noqa: RF04
        coalesce(known.signed_at, greatest(known.valid_from, known.signature_date)) as values_from,
        row_number() over (
            partition by known.contract_line_id order by known.line_version desc
        ) = 1 as is_latest
    from known
),

valued as (
    select
        versions.*,
        coalesce(
            versions.estimated_value, greatest(coalesce(versions.nte_amount, 0) - versions.committed, 0)
        ) as estimated,
        coalesce(
            min(versions.values_from) over (
                partition by versions.contract_line_id order by versions.line_version
                rows between 1 following and unbounded following
            ), {{ end_of_time() }}
        ) as overtaken_from
    from versions
),

resolved as (
    {{ resolve_intervals(
        'valued', ['contract_line_id'], ['line_version'], 'bounded.line_version desc'
    ) }}
),

-- outside all intervals: the last before, else the first
held as (
    select
        contract_line_id,
        line_version,
        case
            when row_number() over (partition by contract_line_id order by valid_from) = 1
                then {{ beginning_of_time() }}
            else valid_from
        end as lookup_from,
        lead(valid_from, 1, {{ end_of_time() }}) over (
            partition by contract_line_id order by valid_from
        ) as lookup_to
    from resolved
)

select
    valued.entity_key as contract_line_version_id,
    valued.contract_line_id,
    valued.line_version,
    valued.contract_id,
    valued.line_name,
    valued.contract_type,
    valued.task_id,
    codes.practice_id,
    valued.transaction_price,
    valued.estimated_value,
    valued.minimum_commitment,
    valued.nte_amount,
    valued.included_hours,
    valued.eligible_roles,
    valued.period_fee,
    valued.billing_frequency,
    valued.start_date,
    valued.end_date,
    valued.termination_date,
    valued.revenue_method,
    valued.expense_markup_pct,
    valued.discount_pct,
    valued.signed_at,
    valued.change_kind,
    valued.committed,
    valued.estimated,
    valued.valid_from,
    valued.valid_to,
    held.lookup_from,
    held.lookup_to,
    valued.values_from,
    valued.is_latest,
    valued.source_system,
    valued.source_object,
    valued.source_id,
    valued.source_file,
    valued.source_row,
    valued.source_url,
    valued.correlation_id,
    valued.load_id,
    valued.missing_link,
    coalesce(projects.canonical_key, 'unassigned') as project_key,
    coalesce(valued.legal_entity_id, valued.contract_legal_entity_id) as legal_entity_id,
    coalesce(valued.currency, valued.contract_currency) as currency,
    coalesce(currencies.minor_unit, 2) as minor_unit,
    coalesce(valued.acceptance_required, false) as acceptance_required,
    greatest(valued.overtaken_from, valued.values_from) as values_to
from valued
left join held
    on valued.contract_line_id = held.contract_line_id and valued.line_version = held.line_version
left join {{ ref('xwalk_project') }} as projects
    on
        valued.source_system = projects.source_system
        and valued.project_id = projects.source_id
        and projects.valid_to = {{ end_of_time() }}
left join {{ ref('int_practice_code') }} as codes
    on valued.source_system = codes.source_system and valued.practice_id = codes.source_practice_id
left join {{ ref('currency') }} as currencies
    on coalesce(valued.currency, valued.contract_currency) = currencies.currency
