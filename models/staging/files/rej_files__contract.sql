{{ reject_files('contract') }}
