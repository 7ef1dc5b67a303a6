{{ canonical_entity('usage') }}
