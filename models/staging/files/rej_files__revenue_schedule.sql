{{ config(materialized='table') }}

{{ reject_files('revenue_schedule') }}
