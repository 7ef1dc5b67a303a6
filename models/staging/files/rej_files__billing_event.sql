{{ config(materialized='table') }}

{{ reject_files('billing_event') }}
