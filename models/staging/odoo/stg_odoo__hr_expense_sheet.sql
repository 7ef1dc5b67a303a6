{{ stage_records('odoo', 'hr_expense_sheet') }}
