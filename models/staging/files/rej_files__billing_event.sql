{{ reject_files('billing_event') }}
