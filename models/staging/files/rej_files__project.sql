{{ config(materialized='table') }}

{{ reject_files('project') }}
