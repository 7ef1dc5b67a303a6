{{ config(materialized='table') }}

{{ reject_files('task') }}
