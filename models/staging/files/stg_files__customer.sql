{{ stage_files('customer') }}
