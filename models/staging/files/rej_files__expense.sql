{{ config(materialized='table') }}

{{ reject_files('expense') }}
