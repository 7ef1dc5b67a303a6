{{ stage_files('task') }}
