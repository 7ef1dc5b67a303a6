{{ canonical_entity('assignment') }}
