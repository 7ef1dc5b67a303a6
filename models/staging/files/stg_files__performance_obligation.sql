{{ stage_files('performance_obligation') }}
