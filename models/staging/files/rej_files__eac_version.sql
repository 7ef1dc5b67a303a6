{{ config(materialized='table') }}

{{ reject_files('eac_version') }}
