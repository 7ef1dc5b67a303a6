{{ canonical_entity('time_entry') }}
