{{ stage_files('calendar') }}
