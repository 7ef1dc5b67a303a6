-- One row: the first day of capacity, the day the version speaks of, and the days that dim_date must hold.
with time_entries as (
    select
        min(work_date) as first_work_date,
        max(work_date) as last_work_date
    from {{ ref('can_time_entry') }}
    where not is_deleted
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
        time_entries.last_work_date
    from time_entries
)

select
    as_of,
    history_from,
    greatest(
        least(history_from, coalesce(first_work_date, history_from)), {{ date_literal('1990-01-01') }}
    ) as first_day,
    least(
        greatest(as_of, coalesce(last_work_date, as_of)), {{ add_days(date_literal(var('as_of')), 3660) }}
    ) as last_day
from decided
