{{ config(materialized='table') }}

{{ reject_files('leave') }}
