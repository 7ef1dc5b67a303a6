{{ config(materialized='table') }}

{{ reject_files('employment') }}
