{{ config(materialized='table_of_parts', meta={'rows_by': {
    'key': "check_id || '|' || coalesce(cast(counted_month as " ~ dbt.type_string() ~ "), '')",
    'from': {'fct_time_entry': 'macro counts_to_make', 'int_posted_reference': 'macro counts_to_make'},
}}) }}
-- What each check gives, counted in one reading of it, beside what the table of its population holds: as a whole, or
-- month by month where its items lie in one each.
{{ counted_items() }}
