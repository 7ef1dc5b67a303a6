{{ canonical_entity('invoice') }}
