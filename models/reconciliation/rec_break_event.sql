-- What happened to each break, refresh by refresh: opened, amount_changed, resolved, reopened. Written once and kept;
-- the same state adds nothing, so a refresh may be repeated. Dated by the as-of date; a refresh of an earlier day than
-- the last one recorded looks back and records nothing.
{{ config(materialized='incremental', incremental_strategy='append', on_schema_change='append_new_columns') }}

with present as (
    select
        break_id,
        check_id,
        item_key,
        item_name,
        stake_text,
        stake_reporting
    from {{ ref('rec_break_current') }}
),

{% if is_incremental() %}
    recorded as (
        select
            events.*,
            row_number() over (partition by events.break_id order by events.event_number desc) as place
        from {{ this }} as events
    ),

    latest as (
        select * from recorded
        where place = 1
    ),

    last_day as (
        select coalesce(max(happened_on), {{ beginning_of_time() }}) as happened_on from latest
    ),
{% else %}
latest as (
    select
        cast(null as {{ dbt.type_string() }}) as break_id,
        cast(null as {{ dbt.type_string() }}) as check_id,
        cast(null as {{ dbt.type_string() }}) as item_key,
        cast(null as {{ dbt.type_string() }}) as item_name,
        cast(null as {{ dbt.type_string() }}) as event_kind,
        cast(null as {{ dbt.type_string() }}) as stake_text,
        0 as event_number
    where 1 = 0
),

last_day as (
    select {{ beginning_of_time() }} as happened_on
),
{% endif %}

happened as (
    select
        present.break_id,
        present.check_id,
        present.item_key,
        present.item_name,
        case
            when latest.break_id is null then 'opened'
            when latest.event_kind = 'resolved' then 'reopened'
            else 'amount_changed'
        end as event_kind,
        present.stake_text,
        present.stake_reporting,
        coalesce(latest.event_number, 0) + 1 as event_number
    from present
    left join latest on present.break_id = latest.break_id
    where latest.break_id is null or latest.event_kind = 'resolved' or latest.stake_text <> present.stake_text
    union all
    select
        latest.break_id,
        latest.check_id,
        latest.item_key,
        latest.item_name,
        'resolved' as event_kind,
        latest.stake_text,
        cast(null as numeric(28, 6)) as stake_reporting,
        latest.event_number + 1 as event_number
    from latest
    left join present on latest.break_id = present.break_id
    where present.break_id is null and latest.event_kind <> 'resolved'
)

select
    {{ surrogate_key(['happened.break_id', 'happened.event_number']) }} as break_event_id,
    happened.break_id,
    happened.check_id,
    happened.item_key,
    happened.item_name,
    happened.event_kind,
    {{ date_literal(var('as_of')) }} as happened_on,
    happened.stake_text,
    cast(happened.stake_reporting as numeric(28, 6)) as stake_reporting,
    cast(happened.event_number as integer) as event_number
from happened
cross join last_day
where {{ date_literal(var('as_of')) }} >= last_day.happened_on
