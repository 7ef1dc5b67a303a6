{{ reject_files('amendment') }}
