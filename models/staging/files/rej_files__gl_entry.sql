{{ config(materialized='table') }}

{{ reject_files('gl_entry') }}
