-- Everything that waits to be invoiced, item by item: what it is worth in the currency of its contract line, and from
-- when to when it waits. Time and overage come capped; the other parts know no cap.
{{ config(meta={
    'rows_by': {
        'key': 'item_id',
        'from': {
            'int_wip_capped': 'item_id',
            'int_billed_interval': 'item_id',
            'int_expense_value': 'expense_key',
            'int_horizon': 'select waiting.item_id from {int_wip_capped} as waiting inner join ' ~ moved_as_of() ~ ' as moved
                    on waiting.live_from > moved.earlier and waiting.live_from <= moved.later
                union all
                select expense_key from {int_expense_value}
                union all
                select entity_key from {can_milestone}
                union all
                select billing_period from {int_fee_event}',
        },
    },
    'reads': {
        'int_horizon': ['as_of'],
        'int_expense_value': [
            'expense_key', 'contract_line_id', 'expense_date', 'approved_date', 'billable_value', 'is_approved', 'is_billable',
        ],
    },
}) }}

with expenses as (
    select
        expenses.expense_key as item_id,
        expenses.contract_line_id,
        expenses.expense_date as item_date,
        'unbilled_expense' as component,
        expenses.billable_value as amount,
        greatest(expenses.expense_date, expenses.approved_date, contract_lines.first_signed) as live_from,
        {{ end_of_time() }} as live_to
    from {{ ref('int_expense_value') }} as expenses
    inner join {{ ref('int_contract_line') }} as contract_lines
        on expenses.contract_line_id = contract_lines.contract_line_id
    where expenses.is_approved and expenses.is_billable and expenses.billable_value is not null
),

-- which date counts is a matter of the version whose values hold: acceptance, where the line requires it
milestones as (
    select
        milestones.entity_key as item_id,
        milestones.contract_line_id,
        case
            when versions.acceptance_required then milestones.accepted_date else milestones.completed_date
        end as item_date,
        'unbilled_milestone' as component,
        milestones.amount,
        greatest(
            case when versions.acceptance_required then milestones.accepted_date else milestones.completed_date end,
            versions.values_from
        ) as live_from,
        versions.values_to as live_to
    from {{ ref('can_milestone') }} as milestones
    inner join {{ ref('int_contract_line_version') }} as versions
        on milestones.contract_line_id = versions.contract_line_id
    where
        not milestones.is_deleted
        and coalesce(milestones.represents, 'event') <> 'task'
        and milestones.amount <> 0
        and versions.values_from < versions.values_to
        and case
            when versions.acceptance_required then milestones.accepted_date else milestones.completed_date
        end is not null
),

fees as (
    select
        fees.billing_period as item_id,
        fees.contract_line_id,
        fees.due_date as item_date,
        fees.component,
        fees.amount,
        greatest(fees.due_date, contract_lines.first_signed) as live_from,
        {{ end_of_time() }} as live_to
    from {{ ref('int_fee_event') }} as fees
    inner join {{ ref('int_contract_line') }} as contract_lines
        on fees.contract_line_id = contract_lines.contract_line_id
),

unbilled_expenses as (
    {{ unbilled('expenses', 'expense') }}
),

unbilled_milestones as (
    {{ unbilled('milestones', 'milestone') }}
),

unbilled_fees as (
    {{ unbilled('fees', 'period') }}
),

waiting as (
    select
        'time' as item_kind,
        item_id,
        contract_line_id,
        item_date,
        component,
        amount,
        live_from,
        live_to
    from {{ rows_of('int_wip_capped', 'item_id') }}
    {% for relation, kind in [
        ('unbilled_expenses', 'expense'), ('unbilled_milestones', 'milestone'), ('unbilled_fees', 'period')
    ] -%}
    union all
    select
        '{{ kind }}' as item_kind,
        item_id,
        contract_line_id,
        item_date,
        component,
        amount,
        unbilled_from as live_from,
        unbilled_to as live_to
    from {{ relation }}
    {% endfor %}
),

horizon as (
    select as_of from {{ ref('int_horizon') }}
)

select waiting.*
from waiting
cross join horizon
where
    waiting.live_from < waiting.live_to
    and waiting.live_from <= horizon.as_of
    and waiting.amount <> 0
    and {{ touched_keys('waiting.item_id') }}
