{{ stage_files('time_entry') }}
