{{ canonical_entity('milestone') }}
