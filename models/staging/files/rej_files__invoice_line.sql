{{ config(materialized='table') }}

{{ reject_files('invoice_line') }}
