{{ reject_files('holiday') }}
