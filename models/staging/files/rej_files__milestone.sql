{{ reject_files('milestone') }}
