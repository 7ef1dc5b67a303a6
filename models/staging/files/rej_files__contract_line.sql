{{ config(materialized='table') }}

{{ reject_files('contract_line') }}
