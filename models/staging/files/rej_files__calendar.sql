{{ config(materialized='table') }}

{{ reject_files('calendar') }}
