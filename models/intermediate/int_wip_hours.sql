-- Approved time and overage that no live invoice holds, before any cap: one row per entry and stretch of days.
{{ config(meta={'rows_by': {
    'key': 'item_id',
    'from': {
        'fct_time_entry': 'time_entry_key',
        'int_overage_hours': 'time_entry_key',
        'int_billed_interval': "case when item_kind = 'time' then item_id end",
    },
}}) }}

with sold as (
    select
        entries.time_entry_key as item_id,
        entries.time_entry_id,
        entries.contract_line_id,
        entries.work_date as item_date,
        entries.hours,
        entries.price,
        entries.unit_price,
        entries.price_minor_unit,
        entries.contract_type,
        entries.is_approved,
        contract_lines.first_signed,
        greatest(entries.work_date, coalesce(cast(entries.approved_at as date), entries.work_date)) as approved_on
    from {{ rows_of('fct_time_entry', 'time_entry_key') }} as entries
    inner join {{ ref('int_contract_line') }} as contract_lines
        on entries.contract_line_id = contract_lines.contract_line_id
    where
        entries.is_sold
        and entries.contract_type in ('time_and_materials', 'retainer')
        and entries.price is not null
),

items as (
    select
        item_id,
        time_entry_id,
        contract_line_id,
        item_date,
        'unbilled_tm_time' as component,
        price as amount,
        greatest(approved_on, first_signed) as live_from,
        {{ end_of_time() }} as live_to
    from sold
    where contract_type = 'time_and_materials' and is_approved
    union all
    select
        sold.item_id,
        sold.time_entry_id,
        sold.contract_line_id,
        sold.item_date,
        'unbilled_overage' as component,
        {{ price_units('overage.chargeable_hours', 'sold.unit_price', 'sold.price_minor_unit') }} as amount,
        greatest(overage.live_from, sold.first_signed) as live_from,
        overage.live_to
    from sold
    inner join {{ ref('int_overage_hours') }} as overage on sold.item_id = overage.time_entry_key
    where sold.contract_type = 'retainer' and sold.is_approved and overage.chargeable_hours <> 0
    union all
    -- beside work in progress, not in it: recorded and not yet approved
    select
        item_id,
        time_entry_id,
        contract_line_id,
        item_date,
        'unbilled_unapproved_time' as component,
        price as amount,
        greatest(item_date, first_signed) as live_from,
        case when is_approved then approved_on else {{ end_of_time() }} end as live_to
    from sold
    where contract_type = 'time_and_materials'
),

in_order as (
    select * from items
    where live_from < live_to
),

unbilled as (
    {{ unbilled('in_order', 'time') }}
)

select
    item_id,
    time_entry_id,
    contract_line_id,
    item_date,
    component,
    amount,
    unbilled_from as live_from,
    unbilled_to as live_to
from unbilled
where amount <> 0
