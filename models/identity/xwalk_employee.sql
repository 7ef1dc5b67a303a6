{{ crosswalk('employee', 'employee_id', ['employee_number', 'email']) }}
