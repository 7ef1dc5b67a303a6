{{ config(materialized='table') }}

{{ reject_files('time_entry') }}
