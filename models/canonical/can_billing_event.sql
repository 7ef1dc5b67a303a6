{{ canonical_entity('billing_event') }}
