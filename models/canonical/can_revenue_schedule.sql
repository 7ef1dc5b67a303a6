{{ canonical_entity('revenue_schedule') }}
