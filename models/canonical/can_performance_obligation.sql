{{ canonical_entity('performance_obligation') }}
