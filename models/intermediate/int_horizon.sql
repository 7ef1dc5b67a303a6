-- One row: the first day of capacity, the day the version speaks of, the last Sunday until then (the end of the last
-- whole week, cut_off), and the days that dim_date must hold.
{{ config(meta={'keeps_difference': true}) }}

with time_entries as (
    select
        min(work_date) as first_work_date,
        max(work_date) as last_work_date
    from {{ ref('can_time_entry') }}
    where not is_deleted
),

-- plans reach beyond the day that the version speaks of
bookings as (
    select max({{ add_days('valid_to', -1) }}) as last_booked_date
    from {{ ref('can_assignment') }}
    where not is_deleted
),

-- money may be older than the first hour: contracts signed, expenses paid and invoices posted before it
money_dates as (
    {% for entity, day in [
        ('contract_line', 'coalesce(signed_at, valid_from)'), ('contract', 'signature_date'),
        ('expense', 'expense_date'), ('invoice', 'posting_date'), ('revenue_schedule', 'posting_date'),
        ('vendor_bill', 'bill_date'),
    ] -%}
    select min({{ day }}) as first_date from {{ ref('can_' ~ entity) }}
    where not is_deleted
    {% if not loop.last %}union all{% endif %}
    {% endfor %}
),

money as (
    select min(first_date) as first_money_date from money_dates
),

decided as (
    select
        {{ date_literal(var('as_of')) }} as as_of,
        {% if var('history_from') -%}
            greatest({{ date_literal(var('history_from')) }}, {{ date_literal('1990-01-01') }})
        {%- else -%}
        -- a mistyped year must not make the calendar endless
        greatest(
            least(
                coalesce(
                    {{ month_start('time_entries.first_work_date') }}, {{ month_start(date_literal(var('as_of'))) }}
                ),
                {{ month_start(date_literal(var('as_of'))) }}
            ),
            {{ date_literal('1990-01-01') }}
        )
        {%- endif %} as history_from,
        time_entries.first_work_date,
        time_entries.last_work_date,
        bookings.last_booked_date,
        money.first_money_date
    from time_entries
    cross join bookings
    cross join money
)

select
    as_of,
    {{ add_days(week_start(add_days('as_of', 1)), -1) }} as cut_off,
    history_from,
    greatest(
        least(history_from, coalesce(first_work_date, history_from), coalesce(first_money_date, history_from)),
        {{ date_literal('1990-01-01') }}
    ) as first_day,
    least(
        greatest(as_of, coalesce(last_work_date, as_of), coalesce(last_booked_date, as_of)),
        {{ add_days(date_literal(var('as_of')), 3660) }}
    ) as last_day
from decided
