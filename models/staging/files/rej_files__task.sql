{{ reject_files('task') }}
