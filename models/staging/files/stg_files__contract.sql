{{ stage_files('contract') }}
