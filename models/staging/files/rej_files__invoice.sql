{{ reject_files('invoice') }}
