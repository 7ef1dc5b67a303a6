{{ stage_files('fx_rate') }}
