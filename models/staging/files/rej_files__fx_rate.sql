{{ config(materialized='table') }}

{{ reject_files('fx_rate') }}
