{{ canonical_entity('legal_entity') }}
