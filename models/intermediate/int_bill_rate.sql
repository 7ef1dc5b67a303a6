-- The price of an hour by question and day, and why: the first level of the search with a usable row wins, within
-- it the row in the contract's currency before one to be converted, then the row that matches most.
{{ config(meta={'keeps_difference': true}) }}

with candidates as (
    select * from {{ ref('int_rate_candidate') }}
),

resolved as (
    {{ resolve_intervals(
        'candidates', ['rate_question', 'rate_type'],
        ['contract_line_id', 'bill_rate_key', 'rate_card_row_id', 'rate_level', 'is_converted', 'rate', 'currency',
         'factor', 'multiplier', 'discount_pct', 'line_discount_pct', 'contract_currency'],
        'bounded.level_order, bounded.is_converted, bounded.closeness desc, bounded.card_from desc, '
        ~ 'bounded.rate_card_row_id, bounded.bill_rate_key',
        ['level_order', 'is_converted', 'closeness']
    ) }}
)

{{ priced_rates('resolved') }}
