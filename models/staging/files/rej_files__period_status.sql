{{ reject_files('period_status') }}
