-- Per contract line, owner and month: opening and all changes are the closing. Exactly in transaction currency; in a
-- converted one within the rounding of each row, where no row of the line lacks a rate.
{%- set modes = ['transaction', 'functional', 'reporting', 'constant'] %}
with days as (
    select
        date_day,
        month_start,
        date_day = month_start as is_first,
        date_day = {{ date_literal(var('as_of')) }}
        or {{ month_start(add_days('date_day', 1)) }} = {{ add_days('date_day', 1) }} as is_last
    from {{ ref('dim_date') }}
),

rolls as (
    select
        rolls.contract_line_id,
        rolls.contract_line_version_key,
        days.month_start,
        {% for mode in modes -%}
        sum(
            case when rolls.movement = 'closing' then -rolls.amount_{{ mode }} else rolls.amount_{{ mode }} end
        ) as difference_{{ mode }},
        sum(case when rolls.amount_{{ mode }} is null then 1 else 0 end) as gaps_{{ mode }},
        {% endfor -%}
        count(*) as parts
    from {{ ref('rpt_backlog_roll') }} as rolls
    inner join days on rolls.roll_date = days.date_day
    where
        rolls.report_mode = 'as_was'
        and (rolls.movement <> 'opening' or days.is_first)
        and (rolls.movement <> 'closing' or days.is_last)
    group by rolls.contract_line_id, rolls.contract_line_version_key, days.month_start
)

select *
from rolls
where
    difference_transaction <> 0
    {% for mode in modes[1:] -%}
    or (gaps_{{ mode }} = 0 and abs(difference_{{ mode }}) > 0.000001 * parts)
    {% endfor %}
