{{ stage_files('employment') }}
