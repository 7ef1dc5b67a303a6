{{ reject_files('project') }}
