{{ stage_files('integration_event') }}
