{{ config(materialized='table') }}

{{ reject_files('practice') }}
