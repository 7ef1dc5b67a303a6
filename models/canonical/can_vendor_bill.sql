{{ canonical_entity('vendor_bill') }}
