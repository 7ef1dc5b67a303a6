{{ config(materialized='table') }}

{{ reject_files('customer') }}
