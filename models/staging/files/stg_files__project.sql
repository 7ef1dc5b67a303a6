{{ stage_files('project') }}
