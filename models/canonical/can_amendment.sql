{{ canonical_entity('amendment') }}
