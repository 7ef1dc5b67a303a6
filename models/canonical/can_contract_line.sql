{{ canonical_entity('contract_line') }}
