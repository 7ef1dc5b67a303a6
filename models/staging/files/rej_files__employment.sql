{{ reject_files('employment') }}
