{{ reject_files('calendar') }}
