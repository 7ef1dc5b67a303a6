{{ crosswalk('customer', 'customer_id', ['customer_number', 'tax_registration']) }}
