{{ canonical_entity('holiday') }}
