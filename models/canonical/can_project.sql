{{ canonical_entity('project') }}
