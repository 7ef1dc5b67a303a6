{{ reject_files('eac_version') }}
