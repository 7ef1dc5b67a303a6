-- One row per live time entry: what it counts as (one bucket of hours each), whom and what it belongs to as
-- was and as is, what it cost at standard, and what it is sold for. A rate or an exchange rate that is missing
-- leaves null, never 0.
{{ config(meta={
    'rows_by': {
        'key': 'time_entry_key',
        'from': {
            'can_time_entry': 'entity_key',
            'int_bill_rate': 'select entries.time_entry_key from {int_time_entry_line} as entries
                inner join {changed} on entries.rate_question = changed.rate_question
                and entries.lookup_date >= changed.valid_from and entries.lookup_date < changed.valid_to',
            'as_of': 'select entries.entity_key from {can_time_entry} as entries inner join ' ~ moved_as_of() ~ ' as moved
                on entries.work_date > moved.earlier and entries.work_date <= moved.later',
            'dim_fx_rate': 'select entries.entity_key from {can_time_entry} as entries
                inner join ' ~ first_moved_rate('average') ~ ' as moved
                on ' ~ month_start('entries.work_date') ~ ' >= moved.first_day',
        },
    },
    'reads': {'dim_fx_rate': read_of_rates()},
}) }}
{%- set modes = ['transaction', 'functional', 'reporting', 'constant'] %}
with placed as (
    select * from {{ rows_of('int_time_entry_line', 'time_entry_key') }}
),

classified as (
    select
        placed.*,
        placed.status in ('approved', 'posted', 'not_recorded') and placed.work_category <> 'leave' as is_approved,
        placed.status in ('approved', 'posted', 'not_recorded', 'submitted')
        and placed.work_category <> 'leave' as is_recorded,
        placed.work_category = 'client' and placed.is_billable_flag as is_billable,
        placed.work_category = 'client' and not placed.is_billable_flag and placed.is_credited_flag as is_credited
    from placed
),

costed as (
    {{ costed('classified', 'work_date') }}
),

rated as (
    select
        costed.*,
        bill.bill_rate_key,
        bill.rate_level as bill_rate_level,
        bill.unit_price,
        bill.rate_trace,
        standard.unit_price as standard_unit_price,
        coalesce(bill.is_ambiguous, false) as is_rate_ambiguous,
        coalesce(bill.is_converted, false) as is_rate_converted,
        costed.is_approved and costed.is_billable and costed.contract_type = 'time_and_materials' as is_time_sale
    from costed
    left join {{ ref('int_bill_rate') }} as bill
        on
            costed.rate_question = bill.rate_question
            and bill.rate_type = 'bill'
            and costed.lookup_date >= bill.valid_from
            and costed.lookup_date < bill.valid_to
    left join {{ ref('int_bill_rate') }} as standard
        on
            costed.rate_question = standard.rate_question
            and standard.rate_type = 'standard'
            and costed.lookup_date >= standard.valid_from
            and costed.lookup_date < standard.valid_to
),

priced as (
    select
        rated.*,
        case when rated.is_approved then {{ price_line('hours', 'cost_rate', 'minor_unit') }} end as cost_amount,
        {{ price_units('hours', 'unit_price', 'price_minor_unit') }} as price,
        {{ price_units('hours', 'standard_unit_price', 'price_minor_unit') }} as standard_price
    from rated
),

sold as (
    select
        priced.*,
        case when priced.is_time_sale then priced.price end as contract_amount,
        case when priced.is_time_sale and priced.price is not null then priced.standard_price end as standard_amount
    from priced
),

costs as (
    {{ converted_flow('sold', ['cost_amount'], 'cost_currency', 'functional_currency', 'work_date') }}
),

converted as (
    {{ converted_flow(
        'costs', ['contract_amount', 'standard_amount'], 'price_currency', 'owner_functional_currency', 'work_date',
        'contract_currency'
    ) }}
),

-- billable client hours that should have a price: of time and materials, and those that no contract line holds
offered as (
    select
        converted.*,
        case
            when
                converted.is_approved and converted.is_billable
                and (converted.is_time_sale or converted.contract_line_id is null) then converted.hours
            else 0
        end as offered_hours
    from converted
)

select
    time_entry_key,
    source_system,
    source_object,
    time_entry_id,
    source_employee_id,
    employee_key,
    employment_key,
    employee_version_key_as_was,
    employee_version_key_as_is,
    project_key,
    project_version_key_as_was,
    project_version_key_as_is,
    customer_key,
    task_key,
    cost_rate_key,
    work_date,
    status,
    work_category,
    work_type,
    population,
    legal_entity_id,
    {{ fiscal_period_label('work_date', 'fiscal_year_start_month') }} as entity_fiscal_period,
    contract_line_id,
    contract_line_version_key_as_was,
    contract_line_version_key_as_is,
    contract_type,
    {{ fiscal_period_label('work_date', 'owner_fiscal_year_start_month') }} as owner_fiscal_period,
    resource_practice_as_was,
    resource_practice_as_is,
    resource_entity_as_was,
    resource_entity_as_is,
    is_billable,
    is_credited,
    is_approved,
    is_recorded,
    is_outside_employment,
    is_unknown_employee,
    is_unknown_project,
    work_date > {{ date_literal(var('as_of')) }} as is_after_as_of,
    utilization_target is not null as has_target,
    hours,
    case when is_approved and is_billable then hours else 0 end as billable_hours,
    case when is_approved and is_credited then hours else 0 end as credited_hours,
    case
        when is_approved and work_category = 'client' and not is_billable and not is_credited then hours else 0
    end as unbilled_client_hours,
    case when is_approved and work_category = 'internal' then hours else 0 end as internal_hours,
    case when is_approved and work_category = 'training' then hours else 0 end as training_hours,
    case when is_approved and work_category in ('idle', 'excluded') then hours else 0 end as idle_hours,
    case when is_approved and work_category = 'excluded' then hours else 0 end as excluded_hours,
    case when is_recorded and not is_approved then hours else 0 end as unapproved_hours,
    case when is_recorded then hours else 0 end as recorded_hours,
    case when is_recorded and work_category in ('client', 'internal', 'training') then hours else 0 end as worked_hours,
    case
        when is_approved and is_billable and utilization_target is not null then hours else 0
    end as targeted_billable_hours,
    case when population = 'contingent' and is_recorded then hours else 0 end as contingent_hours,
    cost_rate_level,
    cost_rate,
    {% for mode in modes -%}
    cost_amount_{{ mode }},
    currency_{{ mode }},
    case when is_approved and cost_amount_{{ mode }} is null then hours else 0 end as uncosted_hours_{{ mode }},
    {% endfor -%}
    is_sold,
    bill_rate_key,
    bill_rate_level,
    unit_price,
    standard_unit_price,
    price,
    price_currency,
    price_minor_unit,
    rate_trace,
    is_rate_ambiguous,
    case when is_rate_ambiguous then rate_question end as ambiguous_rate_question,
    is_rate_converted,
    eligible_roles,
    priced_role,
    {% for mode in modes -%}
    contract_amount_{{ mode }},
    standard_amount_{{ mode }},
    case when standard_amount_{{ mode }} is not null then contract_amount_{{ mode }} end as realized_amount_{{ mode }},
    contract_currency_{{ mode }},
    case when contract_amount_{{ mode }} is not null then hours else 0 end as priced_hours_{{ mode }},
    case when offered_hours <> 0 and contract_amount_{{ mode }} is null then offered_hours else 0 end
        as unpriced_hours_{{ mode }},
    {% endfor -%}
    invoice_id,
    corrects_id,
    note,
    missing_link,
    quality_flags,
    entered_at,
    submitted_at,
    approved_at,
    posted_at,
    source_url,
    correlation_id,
    source_file,
    source_row,
    load_id,
    known_from,
    loaded_at
from offered
