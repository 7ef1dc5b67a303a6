{{ reject_files('payment') }}
