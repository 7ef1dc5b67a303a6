{{ reject_files('employee') }}
