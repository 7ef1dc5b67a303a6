{{ canonical_entity('eac_version') }}
