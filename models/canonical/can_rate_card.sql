{{ canonical_entity('rate_card') }}
