{{ stage_files('quote') }}
