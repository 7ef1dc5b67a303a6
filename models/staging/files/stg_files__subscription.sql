{{ stage_files('subscription') }}
