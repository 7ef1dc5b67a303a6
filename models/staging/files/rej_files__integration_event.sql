{{ reject_files('integration_event') }}
