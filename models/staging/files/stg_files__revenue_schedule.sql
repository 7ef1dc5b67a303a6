{{ stage_files('revenue_schedule') }}
