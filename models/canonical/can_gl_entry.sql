{{ canonical_entity('gl_entry') }}
