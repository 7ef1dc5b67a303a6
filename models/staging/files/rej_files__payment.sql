{{ config(materialized='table') }}

{{ reject_files('payment') }}
