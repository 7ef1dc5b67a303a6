{{ stage_files('gl_entry') }}
