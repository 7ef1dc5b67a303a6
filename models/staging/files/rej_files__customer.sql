{{ reject_files('customer') }}
