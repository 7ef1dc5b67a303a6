{{ canonical_entity('leave') }}
