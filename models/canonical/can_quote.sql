{{ canonical_entity('quote') }}
