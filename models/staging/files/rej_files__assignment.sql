{{ reject_files('assignment') }}
