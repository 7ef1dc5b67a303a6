{{ canonical_entity('expense') }}
