{{ stage_files('expense') }}
