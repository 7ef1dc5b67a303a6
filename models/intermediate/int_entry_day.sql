-- Entries by person and day in the words of the business: people by the id of their golden record, those whom no system
-- of record knows by the id that the time system uses.
{{ config(materialized='view') }}

with entries as (
    select * from {{ ref('fct_time_entry') }}
),

records as (
    select
        entity_key,
        employee_id
    from {{ ref('can_time_entry') }}
),

people as (
    select distinct
        canonical_key,
        canonical_id
    from {{ ref('xwalk_employee') }}
),

named as (
    select
        entries.time_entry_key,
        entries.work_date,
        entries.is_approved,
        entries.is_recorded,
        entries.is_unknown_employee,
        coalesce(people.canonical_id, entries.source_system || ':' || coalesce(records.employee_id, '?')) as person
    from entries
    inner join records on entries.time_entry_key = records.entity_key
    left join people on entries.employee_key = people.canonical_key
)

select
    time_entry_key,
    is_approved,
    is_recorded,
    is_unknown_employee,
    'day|' || person || '|' || cast(work_date as {{ dbt.type_string() }}) as item_day,
    'week|' || person || '|' || cast({{ week_start('work_date') }} as {{ dbt.type_string() }}) as item_week
from named
