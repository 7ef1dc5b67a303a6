{{ config(materialized='table') }}

{{ reject_files('opportunity') }}
