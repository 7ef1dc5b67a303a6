{{ config(materialized='table') }}

{{ reject_files('cost_rate') }}
