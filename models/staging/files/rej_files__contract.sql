{{ config(materialized='table') }}

{{ reject_files('contract') }}
