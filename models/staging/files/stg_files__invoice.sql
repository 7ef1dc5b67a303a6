{{ stage_files('invoice') }}
