{{ config(materialized='table') }}

{{ reject_files('amendment') }}
