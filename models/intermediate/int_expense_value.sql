-- What each live expense costs, which expense line sells it, and at what value: the cost net of recoverable tax, at the
-- spot rate of the day in the currency of the line, with the mark-up of the version that holds on that day.
{{ config(meta={'keeps_difference': true}) }}

with expenses as (
    select
        expenses.*,
        projects.canonical_key as project_key,
        case
            when expenses.is_tax_recoverable is not null and not expenses.is_tax_recoverable then expenses.amount
            else expenses.amount - coalesce(expenses.tax_amount, 0)
        end as net_cost,
        greatest(
            least(expenses.expense_date, {{ add_days(end_of_time(), -1) }}), {{ beginning_of_time() }}
        ) as lookup_date
    from {{ ref('can_expense') }} as expenses
    left join {{ ref('xwalk_project') }} as projects
        on
            expenses.source_system = projects.source_system
            and expenses.project_id = projects.source_id
            and projects.valid_to = {{ end_of_time() }}
    where not expenses.is_deleted
),

candidates as (
    {{ expense_line_terms() }}
),

expense_lines as (
    {{ resolve_intervals('candidates', ['project_key'], ['contract_line_id'], 'bounded.contract_line_id') }}
)

select
    expenses.entity_key as expense_key,
    coalesce(expenses.project_key, 'unassigned') as project_key,
    expense_lines.contract_line_id,
    expenses.expense_date,
    expenses.lookup_date,
    cast(expenses.net_cost as numeric(28, 6)) as net_cost,
    expenses.currency,
    expenses.status in ('approved', 'posted', 'not_recorded') as is_approved,
    case
        when expenses.status in ('approved', 'posted', 'not_recorded')
            then coalesce(cast(expenses.approved_at as date), expenses.expense_date)
    end as approved_date,
    coalesce(expenses.is_billable, false) as is_billable,
    versions.currency as billable_currency,
    case
        when expense_lines.contract_line_id is not null then {{ price_units(
            '1 + coalesce(versions.expense_markup_pct, 0) * 0.01',
            convert_exactly('expenses.net_cost', 'spots.rate'), 'versions.minor_unit'
        ) }}
    end as billable_value
from expenses
left join expense_lines
    on
        expenses.project_key = expense_lines.project_key
        and expenses.lookup_date >= expense_lines.valid_from
        and expenses.lookup_date < expense_lines.valid_to
left join {{ ref('int_contract_line_version') }} as versions
    on
        expense_lines.contract_line_id = versions.contract_line_id
        and expenses.lookup_date >= versions.lookup_from
        and expenses.lookup_date < versions.lookup_to
left join {{ ref('dim_fx_rate') }} as spots
    on
        spots.rate_type = 'spot'
        and expenses.currency = spots.from_currency
        and versions.currency = spots.to_currency
        and expenses.expense_date = spots.rate_date
