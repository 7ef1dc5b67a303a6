{{ config(materialized='table') }}

{{ reject_files('invoice') }}
