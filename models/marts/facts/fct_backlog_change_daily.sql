-- Why backlog changed from one day to the next, by contract line, kind and owner: contracted value, revenue, overrun
-- and estimates that expired, work from before the signature and transfers between owners (reclass), exchange rates.
-- What a line held at the end of the day before, with these, is what it holds at the end of the day. Each stands at the
-- spot rate of its own day, revenue at the averages of its month as in the ledger, a transfer at the rate of the day
-- before, which is what its old owner held. fx is each of them, and the backlog of the day before, at the spot rate of
-- the day less at its own rate; over days without a spot rate it counts with the last known one.
{%- set modes = ['transaction', 'functional', 'reporting', 'constant'] %}
with points as (
    select
        points.*,
        row_number() over standing = 1 as is_first,
        lag(points.total, 1, 0) over standing as total_before,
        lag(points.contracted, 1, 0) over standing as contracted_before,
        lag(points.expired, 1, 0) over standing as expired_before,
        lag(points.overrun, 1, 0) over standing as overrun_before,
        lag(points.project_key) over standing as project_key_before,
        lag(points.contract_line_version_key_as_was) over standing as owner_key_before,
        lag(points.owner_functional_currency) over standing as functional_currency_before
    from {{ ref('int_backlog_point') }} as points
    window standing as (partition by points.contract_line_id order by points.point_from)
),

-- a mistyped signature is older than the calendar, and so than the first day of the line
bookings as (
    select
        bookings.contract_line_id,
        bookings.amount_transaction as amount,
        case bookings.kind
            when 'new_booking' then 'new_bookings'
            when 'change_order' then 'change_orders'
            when 're_estimate' then 're_estimates'
            else 'cancellations'
        end as kind,
        greatest(bookings.booking_date, horizon.first_day) as change_date
    from {{ ref('fct_booking') }} as bookings
    cross join {{ ref('int_horizon') }} as horizon
),

revenue as (
    select * from {{ ref('fct_revenue_line') }}
    where is_posted
),

booked as (
    select
        points.contract_line_id,
        points.project_key,
        points.contract_line_version_key_as_was,
        points.contract_line_version_key_as_is,
        points.owner_currency,
        points.owner_functional_currency,
        bookings.change_date,
        bookings.kind,
        bookings.amount
    from bookings
    inner join points
        on
            bookings.contract_line_id = points.contract_line_id
            and bookings.change_date >= points.point_from
            and bookings.change_date < points.point_to
),

recognized as (
    select
        points.contract_line_id,
        points.project_key,
        points.contract_line_version_key_as_was,
        points.contract_line_version_key_as_is,
        points.owner_currency,
        points.owner_functional_currency,
        revenue.posting_date as change_date,
        {% for mode in modes -%}
        revenue.recognized_amount_{{ mode }} as ledger_{{ mode }},
        revenue.currency_{{ mode }} as ledger_currency_{{ mode }},
        {% endfor -%}
        revenue.recognized_amount_transaction as amount
    from revenue
    inner join points
        on
            revenue.contract_line_id = points.contract_line_id
            and revenue.posting_date >= points.point_from
            and revenue.posting_date < points.point_to
),

-- what a line in another currency held at the end of the day before, by who owns it on the day
held as (
    select
        points.contract_line_id,
        points.project_key,
        points.contract_line_version_key_as_was,
        points.contract_line_version_key_as_is,
        points.owner_currency,
        points.owner_functional_currency,
        days.date_day as change_date,
        {{ add_days('days.date_day', -1) }} as day_before,
        case when points.point_from = days.date_day then points.total_before else points.total end as held_now,
        case when points.point_from = days.date_day then points.total_before else points.total end as held_before
    from points
    inner join {{ ref('dim_date') }} as days
        on points.point_from <= days.date_day and points.point_to > days.date_day
    where
        case when points.point_from = days.date_day then points.total_before else points.total end <> 0
        and (
            points.owner_currency <> points.owner_functional_currency
            or points.owner_currency <> {{ reporting_currency() }}
        )
),

transferred as (
    select
        contract_line_id,
        project_key_before as project_key,
        owner_key_before as contract_line_version_key_as_was,
        contract_line_version_key_as_is,
        owner_currency,
        functional_currency_before as owner_functional_currency,
        point_from as change_date,
        {{ add_days('point_from', -1) }} as day_before,
        -total_before as amount
    from points
    where contract_line_version_key_as_was <> owner_key_before and total_before <> 0
    union all
    select
        contract_line_id,
        project_key,
        contract_line_version_key_as_was,
        contract_line_version_key_as_is,
        owner_currency,
        owner_functional_currency,
        point_from as change_date,
        {{ add_days('point_from', -1) }} as day_before,
        total_before as amount
    from points
    where contract_line_version_key_as_was <> owner_key_before and total_before <> 0
),

at_spot as (
    select
        contract_line_id,
        project_key,
        contract_line_version_key_as_was,
        contract_line_version_key_as_is,
        owner_currency,
        owner_functional_currency,
        change_date,
        kind,
        amount
    from booked
    union all
    -- values that count in another order than their versions are numbered: what the bookings of the day do not say
    select
        contract_line_id,
        project_key,
        contract_line_version_key_as_was,
        contract_line_version_key_as_is,
        owner_currency,
        owner_functional_currency,
        change_date,
        'reclass' as kind,
        -amount as amount
    from booked
    {% for kind, amount in [
        ('reclass', 'contracted - contracted_before'),
        ('expiries', 'expired_before - expired'),
        ('overrun', 'overrun - overrun_before'),
    ] -%}
    union all
    select
        contract_line_id,
        project_key,
        contract_line_version_key_as_was,
        contract_line_version_key_as_is,
        owner_currency,
        owner_functional_currency,
        point_from as change_date,
        '{{ kind }}' as kind,
        {{ amount }} as amount
    from points
    {% endfor -%}
    union all
    -- recognised before anybody signed
    select
        points.contract_line_id,
        points.project_key,
        points.contract_line_version_key_as_was,
        points.contract_line_version_key_as_is,
        points.owner_currency,
        points.owner_functional_currency,
        points.point_from as change_date,
        'reclass' as kind,
        -revenue.recognized_amount_transaction as amount
    from revenue
    inner join points
        on
            revenue.contract_line_id = points.contract_line_id
            and revenue.posting_date < points.point_from
            and points.is_first
),

-- what nets to nothing needs no rate
netted as (
    select
        contract_line_id,
        project_key,
        contract_line_version_key_as_was,
        contract_line_version_key_as_is,
        owner_currency,
        owner_functional_currency,
        change_date,
        kind,
        sum(amount) as amount
    from at_spot
    group by
        contract_line_id, project_key, contract_line_version_key_as_was, contract_line_version_key_as_is,
        owner_currency, owner_functional_currency, change_date, kind
    having sum(amount) <> 0
),

netted_converted as (
    {{ converted_balance('netted', ['amount'], 'owner_currency', 'owner_functional_currency', 'change_date') }}
),

transferred_converted as (
    {{ converted_balance(
        'transferred', ['amount'], 'owner_currency', 'owner_functional_currency', 'day_before', rates='last_known'
    ) }}
),

recognized_converted as (
    {{ converted_balance(
        'recognized', ['amount'], 'owner_currency', 'owner_functional_currency', 'change_date', rates='last_known'
    ) }}
),

held_before_converted as (
    {{ converted_balance(
        'held', ['held_before'], 'owner_currency', 'owner_functional_currency', 'day_before', 'currency_before',
        'last_known'
    ) }}
),

held_converted as (
    {{ converted_balance(
        'held_before_converted', ['held_now'], 'owner_currency', 'owner_functional_currency', 'change_date',
        rates='last_known'
    ) }}
),

pieces as (
    select
        contract_line_id,
        project_key,
        contract_line_version_key_as_was,
        contract_line_version_key_as_is,
        {% for mode in modes -%}
        amount_{{ mode }},
        currency_{{ mode }},
        {% endfor -%}
        kind,
        change_date
    from netted_converted
    {% for source, kind, amount, currency in [
        ('transferred_converted', 'reclass', 'amount_<mode>', 'currency_<mode>'),
        ('recognized_converted', 'revenue', '-ledger_<mode>', 'ledger_currency_<mode>'),
        ('recognized_converted', 'fx', 'ledger_<mode> - amount_<mode>', 'currency_<mode>'),
        ('held_converted', 'fx', 'held_now_<mode> - held_before_<mode>', 'currency_<mode>'),
    ] -%}
    union all
    select
        contract_line_id,
        project_key,
        contract_line_version_key_as_was,
        contract_line_version_key_as_is,
        {% for mode in modes -%}
        {{ amount | replace('<mode>', mode) }} as amount_{{ mode }},
        {{ currency | replace('<mode>', mode) }} as currency_{{ mode }},
        {% endfor -%}
        '{{ kind }}' as kind,
        change_date
    from {{ source }}
    {% endfor %}
),

summed as (
    select
        contract_line_id,
        project_key,
        contract_line_version_key_as_was,
        contract_line_version_key_as_is,
        {% for mode in modes -%}
        cast(sum(amount_{{ mode }}) as numeric(28, 6)) as amount_{{ mode }},
        currency_{{ mode }},
        {% endfor -%}
        kind,
        change_date
    from pieces
    group by
        contract_line_id, project_key, contract_line_version_key_as_was, contract_line_version_key_as_is,
        currency_transaction, currency_functional, currency_reporting, currency_constant, kind, change_date
)

select
    {{ surrogate_key([
        'summed.contract_line_id', 'summed.change_date', 'summed.kind', 'summed.contract_line_version_key_as_was'
    ]) }} as backlog_change_key,
    summed.change_date,
    summed.kind,
    summed.contract_line_id,
    summed.contract_line_version_key_as_was,
    summed.contract_line_version_key_as_is,
    {% for mode in modes -%}
    summed.amount_{{ mode }},
    summed.currency_{{ mode }},
    {% endfor -%}
    points.contract_line_version_id,
    points.missing_link,
    summed.project_key
from summed
inner join points
    on
        summed.contract_line_id = points.contract_line_id
        and summed.change_date >= points.point_from
        and summed.change_date < points.point_to
where
    summed.amount_transaction <> 0
    or (summed.kind = 'fx' and (summed.amount_functional <> 0 or summed.amount_reporting <> 0))
