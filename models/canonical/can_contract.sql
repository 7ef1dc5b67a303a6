{{ canonical_entity('contract') }}
