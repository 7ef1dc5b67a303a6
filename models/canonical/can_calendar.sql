{{ canonical_entity('calendar') }}
