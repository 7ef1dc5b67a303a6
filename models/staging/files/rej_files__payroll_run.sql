{{ config(materialized='table') }}

{{ reject_files('payroll_run') }}
