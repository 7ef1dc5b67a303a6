{{ config(materialized='table') }}

{{ reject_files('usage') }}
