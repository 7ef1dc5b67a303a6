{{ config(materialized='table') }}

{{ reject_files('employee') }}
