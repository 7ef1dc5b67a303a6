{{ canonical_entity('employee_attribute') }}
