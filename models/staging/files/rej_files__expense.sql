{{ reject_files('expense') }}
