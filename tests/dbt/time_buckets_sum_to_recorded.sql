-- The buckets of an entry are its recorded hours: no hour counts twice, none is lost.
select
    time_entry_key,
    recorded_hours,
    hours
from {{ ref('fct_time_entry') }}
where
    recorded_hours <> billable_hours + credited_hours + unbilled_client_hours + internal_hours + training_hours
    + idle_hours + unapproved_hours
    or recorded_hours <> case when is_recorded then hours else 0 end
