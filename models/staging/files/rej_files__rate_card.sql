{{ reject_files('rate_card') }}
