{{ canonical_entity('practice') }}
