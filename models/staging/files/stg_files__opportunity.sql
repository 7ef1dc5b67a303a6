{{ stage_files('opportunity') }}
