{{ canonical_entity('employee') }}
