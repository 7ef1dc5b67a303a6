{{ canonical_entity('cost_rate') }}
