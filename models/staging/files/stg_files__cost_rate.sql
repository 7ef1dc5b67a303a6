{{ stage_files('cost_rate') }}
