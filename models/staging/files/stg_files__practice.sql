{{ stage_files('practice') }}
