{{ reject_files('leave') }}
