{{ reject_files('gl_entry') }}
