{{ canonical_entity('invoice_line') }}
