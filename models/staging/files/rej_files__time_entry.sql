{{ reject_files('time_entry') }}
