-- Chargeable hours of each retainer entry, and from when to when they are so many: hours of a role that does not draw
-- the bucket are chargeable at once; the others draw the included hours of their calendar month in order of work
-- date and id, and what lies beyond is chargeable (an hour on the boundary is split). An approval that comes later
-- changes who lies beyond, so a month has one state per day on which hours of it became known.
{{ config(meta={'rows_by': {
    'key': 'time_entry_key',
    'from': {
        'fct_time_entry': "select changed.time_entry_key from {changed}
            union all
            select entries.time_entry_key from {fct_time_entry} as entries
            inner join (
                select distinct contract_line_id, " ~ month_start('work_date') ~ " as service_month from {changed}
                where contract_type = 'retainer'
            ) as touched
                on entries.contract_line_id = touched.contract_line_id
                and " ~ month_start('entries.work_date') ~ " = touched.service_month
            where entries.contract_type = 'retainer'",
    },
}}) }}

with retainer as (
    select
        time_entry_key,
        time_entry_id,
        contract_line_id,
        work_date,
        {{ month_start('work_date') }} as service_month,
        hours,
        greatest(work_date, coalesce(cast(approved_at as date), work_date)) as known_on,
        eligible_roles is null
        or trim(eligible_roles) = ''
        or {{ is_listed('priced_role', 'eligible_roles') }} as draws_bucket
    from {{ rows_of('fct_time_entry', 'time_entry_key') }}
    where contract_type = 'retainer' and is_sold and is_approved
),

months as (
    select
        used.contract_line_id,
        used.service_month,
        greatest(used.service_month, contract_lines.start_date) as first_day,
        {{ days_between('used.service_month', add_months('used.service_month', 1)) }} as month_days,
        greatest(0, {{ days_between(
            'greatest(used.service_month, contract_lines.start_date)',
            'least(' ~ add_months('used.service_month', 1) ~ ', coalesce(' ~ add_days('contract_lines.end_date', 1)
            ~ ', ' ~ end_of_time() ~ '))'
        ) }}) as covered_days
    from (
        select distinct
            contract_line_id,
            service_month
        from retainer
    ) as used
    inner join {{ ref('int_contract_line') }} as contract_lines
        on used.contract_line_id = contract_lines.contract_line_id
),

-- a part month by days, to a quarter of an hour
buckets as (
    select
        months.contract_line_id,
        months.service_month,
        case
            when months.covered_days = months.month_days then coalesce(versions.included_hours, 0)
            else cast(round({{ divide_rate(
                'coalesce(versions.included_hours, 0) * 4 * months.covered_days', 'months.month_days'
            ) }}, 0) * 0.25 as numeric(28, 6))
        end as included_hours
    from months
    inner join {{ ref('int_contract_line_version') }} as versions
        on
            months.contract_line_id = versions.contract_line_id
            and months.first_day >= versions.lookup_from
            and months.first_day < versions.lookup_to
),

states as (
    select
        contract_line_id,
        service_month,
        known_on as state_from,
        lead(known_on, 1, {{ end_of_time() }}) over (
            partition by contract_line_id, service_month order by known_on
        ) as state_to
    from (
        select distinct
            contract_line_id,
            service_month,
            known_on
        from retainer
        where draws_bucket
    ) as days
),

drawn as (
    select
        retainer.time_entry_key,
        retainer.contract_line_id,
        retainer.service_month,
        retainer.hours,
        states.state_from,
        states.state_to,
        sum(retainer.hours) over (
            partition by retainer.contract_line_id, retainer.service_month, states.state_from
            order by retainer.work_date, retainer.time_entry_id, retainer.time_entry_key
            rows between unbounded preceding and current row
        ) as drawn_after
    from retainer
    inner join states
        on
            retainer.contract_line_id = states.contract_line_id
            and retainer.service_month = states.service_month
            and retainer.known_on <= states.state_from
    where retainer.draws_bucket
)

select
    time_entry_key,
    cast(hours as numeric(28, 6)) as chargeable_hours,
    known_on as live_from,
    {{ end_of_time() }} as live_to
from retainer
where not draws_bucket
union all
select
    drawn.time_entry_key,
    cast(
        greatest(drawn.drawn_after - buckets.included_hours, 0)
        - greatest(drawn.drawn_after - drawn.hours - buckets.included_hours, 0) as numeric(28, 6)
    ) as chargeable_hours,
    drawn.state_from as live_from,
    drawn.state_to as live_to
from drawn
inner join buckets
    on drawn.contract_line_id = buckets.contract_line_id and drawn.service_month = buckets.service_month
