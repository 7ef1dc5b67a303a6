{{ stage_files('assignment') }}
