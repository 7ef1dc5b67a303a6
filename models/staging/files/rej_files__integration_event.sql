{{ config(materialized='table') }}

{{ reject_files('integration_event') }}
