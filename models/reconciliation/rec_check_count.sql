{{ config(materialized='table_of_parts') }}
-- What each check gives, counted in one reading of it, beside what the table of its population holds.
{{ counted_items() }}
