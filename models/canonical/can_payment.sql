{{ canonical_entity('payment') }}
