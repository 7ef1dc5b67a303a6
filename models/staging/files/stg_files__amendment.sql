{{ stage_files('amendment') }}
