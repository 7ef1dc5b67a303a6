{{ stage_files('eac_version') }}
