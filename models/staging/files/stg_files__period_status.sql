{{ stage_files('period_status') }}
