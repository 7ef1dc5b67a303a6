{{ config(materialized='table') }}

{{ reject_files('period_status') }}
