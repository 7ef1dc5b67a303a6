{{ stage_files('payment') }}
