{{ canonical_entity('period_status') }}
