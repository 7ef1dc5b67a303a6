{{ stage_files('rate_card') }}
