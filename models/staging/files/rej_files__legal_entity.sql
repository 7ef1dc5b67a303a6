{{ config(materialized='table') }}

{{ reject_files('legal_entity') }}
