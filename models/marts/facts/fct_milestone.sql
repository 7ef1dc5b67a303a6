-- Milestones: planned, completed, accepted; reached on the day that the rule of their line counts, which is the rule of
-- the version whose values hold today. Those that stand for a task measure progress and are never billed.
with milestones as (
    {{ golden_rows('milestone', ['milestone_id']) }}
),

-- before the first signature the first version speaks
rules as (
    select
        ranked.contract_line_id,
        ranked.acceptance_required
    from (
        select
            versions.contract_line_id,
            versions.acceptance_required,
            row_number() over (
                partition by versions.contract_line_id
                order by
                    case
                        when versions.values_from <= horizon.as_of and horizon.as_of < versions.values_to then 1
                        else 2
                    end,
                    versions.line_version
            ) as choice
        from {{ ref('int_contract_line_version') }} as versions
        cross join {{ ref('int_horizon') }} as horizon
    ) as ranked
    where ranked.choice = 1
),

billed as (
    select
        ranked.milestone_key,
        ranked.billing_event_key,
        ranked.invoice_id,
        ranked.billed_date
    from (
        select
            events.milestone_key,
            events.billing_event_key,
            events.invoice_id,
            events.billed_date,
            row_number() over (
                partition by events.milestone_key
                order by events.billed_date desc, events.billing_event_id asc, events.billing_event_key asc
            ) as choice
        from {{ ref('fct_billing_event') }} as events
        where events.is_invoiced and events.milestone_key is not null
    ) as ranked
    where ranked.choice = 1
),

reached as (
    select
        milestones.*,
        rules.acceptance_required,
        billed.billing_event_key,
        billed.invoice_id,
        billed.billed_date,
        coalesce(milestones.represents, 'event') = 'task' as is_task,
        coalesce(projects.canonical_key, 'unassigned') as project_key,
        case when rules.acceptance_required then milestones.accepted_date else milestones.completed_date end
            as reached_date
    from milestones
    left join rules on milestones.contract_line_id = rules.contract_line_id
    left join billed on milestones.entity_key = billed.milestone_key
    left join {{ ref('xwalk_project') }} as projects
        on
            milestones.source_system = projects.source_system
            and milestones.project_id = projects.source_id
            and projects.valid_to = {{ end_of_time() }}
),

dated as (
    select
        reached.*,
        coalesce(reached.reached_date, reached.planned_date, {{ date_literal(var('as_of')) }}) as milestone_date
    from reached
),

owned as (
    {{ owned_money('dated', 'milestone_date') }}
),

-- a milestone without a currency of its own has that of its line
priced as (
    select
        owned.*,
        coalesce(owned.currency, owned.owner_currency) as milestone_currency
    from owned
),

converted as (
    {{ converted_flow(
        'priced', ['amount'], 'milestone_currency', 'owner_functional_currency', 'milestone_date'
    ) }}
)

select
    entity_key as milestone_key,
    milestone_id,
    milestone_name,
    owner_line_id as contract_line_id,
    owner_project_key as project_key,
    contract_line_version_key_as_was,
    contract_line_version_key_as_is,
    is_task,
    coalesce(acceptance_required, false) as acceptance_required,
    planned_date,
    completed_date,
    accepted_date,
    reached_date,
    milestone_date,
    {{ fiscal_period_label('milestone_date', 'owner_fiscal_year_start_month') }} as owner_fiscal_period,
    billing_event_key,
    invoice_id,
    billed_date,
    evidence_ref,
    {% for mode in ['transaction', 'functional', 'reporting', 'constant'] -%}
    amount_{{ mode }},
    currency_{{ mode }},
    {% endfor -%}
    source_system,
    source_object,
    source_id,
    source_url,
    source_file,
    source_row,
    load_id,
    correlation_id
from converted
