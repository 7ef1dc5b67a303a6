{{ canonical_entity('employment') }}
