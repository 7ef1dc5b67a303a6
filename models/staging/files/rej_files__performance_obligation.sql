{{ reject_files('performance_obligation') }}
