{{ config(materialized='table') }}

{{ reject_files('vendor_bill') }}
