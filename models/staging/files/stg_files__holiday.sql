{{ stage_files('holiday') }}
