-- Lines of posted journal entries: debit positive, in the line's currency and in the company's.
with moves as (
    select * from {{ ref('stg_odoo__account_move') }}
    where move_state = 'posted'
),

lines as (
    select * from {{ ref('stg_odoo__account_move_line') }}
    where balance is not null
),

accounts as (
    select * from {{ ref('stg_odoo__account_account') }}
)

select
    lines.move_id as journal_id,
    lines.move_line_id as line_number,
    lines.company_id as legal_entity_id,
    coalesce(accounts.account_code, lines.account_id, 'none') as account_id,
    accounts.account_type as account_kind,
    lines.accounting_date,
    cast(null as timestamp) as posted_at,
    coalesce(lines.amount_currency, lines.balance) as amount,
    coalesce(lines.currency_code, moves.currency_code) as currency,
    lines.balance as functional_amount,
    cast(null as {{ dbt.type_string() }}) as project_id,
    lines.partner_id as customer_id,
    moves.move_number as source_document,
    moves.move_type as entry_source,
    cast(null as {{ dbt.type_string() }}) as user_id,
    {{ record_columns('lines', 'account_move_line') }}
from lines
inner join moves
    on lines.source_system = moves.source_system and lines.move_id = moves.move_id
left join accounts
    on lines.source_system = accounts.source_system and lines.account_id = accounts.account_id
