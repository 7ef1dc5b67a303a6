{{ canonical_entity('task') }}
