-- What waits to be invoiced and since when, one row per item and stretch of days: the rows under fct_wip_daily.
{{ config(meta={
    'rows_by': {
        'key': 'item_id',
        'from': {
            'int_wip_item': 'item_id',
            'fct_time_entry': 'time_entry_key',
            'fct_expense': 'expense_key',
        },
    },
    'reads': {'fct_expense': [
        'expense_key', 'missing_link', 'source_system', 'source_object', 'expense_id', 'source_url', 'source_file',
        'source_row', 'load_id',
    ]},
}) }}

select
    {{ surrogate_key(['items.item_kind', 'items.item_id', 'items.component', 'items.live_from']) }} as wip_item_key,
    items.component,
    items.item_kind,
    items.item_id,
    items.contract_line_id,
    owners.project_key,
    owners.contract_line_version_key as contract_line_version_key_as_was,
    current_owners.contract_line_version_key as contract_line_version_key_as_is,
    entries.resource_practice_as_was,
    entries.resource_practice_as_is,
    entries.resource_entity_as_was,
    entries.resource_entity_as_is,
    items.item_date,
    items.live_from,
    items.live_to,
    cast(items.amount as numeric(28, 6)) as amount_transaction,
    owners.currency as currency_transaction,
    owners.functional_currency as currency_functional,
    -- what the record itself rests on, else its contract line
    coalesce(entries.missing_link, expenses.missing_link, owners.missing_link) as missing_link,
    coalesce(
        entries.source_system, expenses.source_system, milestones.source_system, fees.source_system
    ) as source_system,
    coalesce(
        entries.source_object, expenses.source_object, milestones.source_object, fees.source_object
    ) as source_object,
    coalesce(
        entries.time_entry_id, expenses.expense_id, milestones.milestone_id, fees.billing_event_id
    ) as source_id,
    coalesce(entries.source_url, expenses.source_url, milestones.source_url, fees.source_url) as source_url,
    coalesce(entries.source_file, expenses.source_file, milestones.source_file, fees.source_file) as source_file,
    coalesce(entries.source_row, expenses.source_row, milestones.source_row, fees.source_row) as source_row,
    coalesce(entries.load_id, expenses.load_id, milestones.load_id, fees.load_id) as load_id
from {{ rows_of('int_wip_item', 'item_id') }} as items
inner join {{ ref('dim_contract_line') }} as owners
    on
        'line|' || items.contract_line_id = owners.owner_id
        and items.item_date >= owners.lookup_from
        and items.item_date < owners.lookup_to
inner join {{ ref('dim_contract_line') }} as current_owners
    on 'line|' || items.contract_line_id = current_owners.owner_id and current_owners.is_as_is
left join {{ ref('fct_time_entry') }} as entries
    on items.item_kind = 'time' and items.item_id = entries.time_entry_key
left join {{ ref('fct_expense') }} as expenses
    on items.item_kind = 'expense' and items.item_id = expenses.expense_key
left join {{ ref('can_milestone') }} as milestones
    on items.item_kind = 'milestone' and items.item_id = milestones.entity_key
left join {{ ref('int_fee_event') }} as fees
    on items.item_kind = 'period' and items.item_id = fees.billing_period
