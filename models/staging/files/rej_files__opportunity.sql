{{ reject_files('opportunity') }}
