{{ reject_files('practice') }}
