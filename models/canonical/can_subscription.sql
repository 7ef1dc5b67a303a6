{{ canonical_entity('subscription') }}
