{{ config(materialized='table') }}

{{ reject_files('assignment') }}
