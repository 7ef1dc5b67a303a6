{{ reject_files('usage') }}
