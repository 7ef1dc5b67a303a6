-- The rate card rows that compete for the price of an hour, by question and interval, with where each stands in the
-- search. A row in another currency competes only where its level has none in the contract's currency and the contract
-- allows conversion, month by month at the average rate. valid_from and valid_to are work dates, whichever date the
-- contract prices by.
with questions as (
    select
        questions.*,
        contract_lines.contract_id,
        contract_lines.project_key,
        contract_lines.customer_key,
        contract_lines.currency as contract_currency,
        contract_lines.conversion_allowed,
        contract_lines.rate_date_basis,
        contract_lines.signature_date
    from {{ ref('int_rate_question') }} as questions
    inner join
        {{ ref('int_contract_line') }} as contract_lines
        on questions.contract_line_id = contract_lines.contract_line_id
),

-- every scope that a question lies in
scopes as (
    {% for scope, key in [
        ('override', 'override_id'), ('contract_line', 'contract_line_id'), ('contract', 'contract_id'), ('project', 'project_key'),
        ('customer', 'customer_key'), ('practice', 'practice_id'), ('region', 'region'), ('firm', "''"),
    ] -%}
    select
        rate_question,
        '{{ scope }}' as scope,
        {{ key }} as scope_key
    from questions
    {% if not loop.last %}union all{% endif %}
    {% endfor %}
),

matched as (
    select
        questions.rate_question,
        questions.contract_line_id,
        questions.contract_currency,
        questions.conversion_allowed,
        questions.line_discount_pct,
        questions.first_day,
        questions.last_day,
        cards.bill_rate_key,
        cards.rate_card_row_id,
        cards.rate_type,
        cards.rate_level,
        cards.level_order,
        cards.closeness,
        cards.rate,
        cards.currency,
        cards.multiplier,
        cards.discount_pct,
        coalesce(cards.valid_from, {{ beginning_of_time() }}) as card_from,
        case questions.rate_date_basis
            when 'contract_signature' then {{ beginning_of_time() }}
            when 'period_start' then coalesce({{ first_month_from('cards.valid_from') }}, {{ beginning_of_time() }})
            else coalesce(cards.valid_from, {{ beginning_of_time() }})
        end as valid_from,
        case questions.rate_date_basis
            when 'contract_signature' then {{ end_of_time() }}
            when 'period_start' then coalesce({{ first_month_from('cards.valid_to') }}, {{ end_of_time() }})
            else coalesce(cards.valid_to, {{ end_of_time() }})
        end as valid_to
    from scopes
    inner join {{ ref('int_rate_card') }} as cards
        on scopes.scope = cards.scope and scopes.scope_key = cards.scope_key
    inner join questions
        on
            scopes.rate_question = questions.rate_question
            and (cards.employee_key is null or cards.employee_key = questions.employee_key)
            and (cards.role is null or cards.role = questions.role)
            and (cards.region is null or cards.region = questions.region)
            and (cards.work_type is null or cards.work_type = questions.work_type)
    where
        questions.rate_date_basis <> 'contract_signature'
        or (
            questions.signature_date >= coalesce(cards.valid_from, {{ beginning_of_time() }})
            and questions.signature_date < coalesce(cards.valid_to, {{ end_of_time() }})
        )
),

competing as (
    select
        matched.*,
        0 as is_converted,
        cast(1 as numeric(28, 10)) as factor
    from matched
    where matched.currency = matched.contract_currency
    union all
    select
        matched.rate_question,
        matched.contract_line_id,
        matched.contract_currency,
        matched.conversion_allowed,
        matched.line_discount_pct,
        matched.first_day,
        matched.last_day,
        matched.bill_rate_key,
        matched.rate_card_row_id,
        matched.rate_type,
        matched.rate_level,
        matched.level_order,
        matched.closeness,
        matched.rate,
        matched.currency,
        matched.multiplier,
        matched.discount_pct,
        matched.card_from,
        greatest(matched.valid_from, averages.rate_date) as valid_from,
        least(matched.valid_to, {{ add_months('averages.rate_date', 1) }}) as valid_to,
        1 as is_converted,
        averages.rate as factor
    from matched
    inner join {{ ref('dim_fx_rate') }} as averages
        on
            averages.rate_type = 'average'
            and matched.currency = averages.from_currency
            and matched.contract_currency = averages.to_currency
            and matched.valid_from < {{ add_months('averages.rate_date', 1) }}
            and matched.valid_to > averages.rate_date
            and matched.first_day < {{ add_months('averages.rate_date', 1) }}
            and matched.last_day >= averages.rate_date
    where matched.currency <> matched.contract_currency and matched.conversion_allowed
)

select *
from competing
where valid_from < valid_to and valid_from <= last_day and valid_to > first_day
