{{ reject_files('quote') }}
