{{ stage_files('usage') }}
