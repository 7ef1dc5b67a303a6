{{ stage_files('milestone') }}
