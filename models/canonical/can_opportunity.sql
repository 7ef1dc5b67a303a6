{{ canonical_entity('opportunity') }}
