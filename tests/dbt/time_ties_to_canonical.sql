-- Every live canonical time entry is in the fact once, with its hours.
with canonical as (
    select
        count(*) as entries,
        coalesce(sum(hours), 0) as hours
    from {{ ref('can_time_entry') }}
    where not is_deleted
),

fact as (
    select
        count(*) as entries,
        coalesce(sum(hours), 0) as hours
    from {{ ref('fct_time_entry') }}
)

select
    canonical.entries as canonical_entries,
    fact.entries as fact_entries,
    canonical.hours as canonical_hours,
    fact.hours as fact_hours
from canonical
cross join fact
where canonical.entries <> fact.entries or canonical.hours <> fact.hours
