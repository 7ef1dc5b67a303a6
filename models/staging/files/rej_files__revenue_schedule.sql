{{ reject_files('revenue_schedule') }}
