{{ canonical_entity('integration_event') }}
