{{ stage_files('leave') }}
