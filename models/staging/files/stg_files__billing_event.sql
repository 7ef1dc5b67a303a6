{{ stage_files('billing_event') }}
