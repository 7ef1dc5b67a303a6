{{ config(materialized='table') }}

{{ reject_files('quote') }}
