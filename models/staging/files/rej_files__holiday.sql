{{ config(materialized='table') }}

{{ reject_files('holiday') }}
