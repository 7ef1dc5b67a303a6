{{ config(materialized='table') }}

{{ reject_files('rate_card') }}
