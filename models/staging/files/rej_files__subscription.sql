{{ config(materialized='table') }}

{{ reject_files('subscription') }}
