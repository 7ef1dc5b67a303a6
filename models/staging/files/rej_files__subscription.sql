{{ reject_files('subscription') }}
