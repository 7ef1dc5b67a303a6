-- Entries and their worth by person and day in the words of the business: people by the id of their golden record,
-- those whom no system of record knows by the id that the time system uses.
{{ config(materialized='view') }}

with entries as (
    select * from {{ ref('int_entry_value') }}
),

people as (
    select distinct
        canonical_key,
        canonical_id
    from {{ ref('xwalk_employee') }}
),

named as (
    select
        entries.*,
        coalesce(
            people.canonical_id, entries.source_system || ':' || coalesce(entries.source_employee_id, '?')
        ) as person
    from entries
    left join people on entries.employee_key = people.canonical_key
)

select
    named.*, -- noqa: AM04
    'day|' || named.person || '|' || cast(named.work_date as {{ dbt.type_string() }}) as item_day,
    'week|' || named.person || '|' || cast({{ week_start('named.work_date') }} as {{ dbt.type_string() }}) as item_week
from named
