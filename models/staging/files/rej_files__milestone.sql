{{ config(materialized='table') }}

{{ reject_files('milestone') }}
