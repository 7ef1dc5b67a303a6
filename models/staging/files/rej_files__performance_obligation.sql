{{ config(materialized='table') }}

{{ reject_files('performance_obligation') }}
