{{ canonical_entity('fx_rate') }}
