{{ config(materialized='table', meta={'rows_by': {
    'key': "system || ':' || trim(native_key)",
    'from': {'raw_time_entry': "source_system || ':' || trim(native_key)"},
}}) }}

{{ reject_files('time_entry') }}
