{{ stage_records('odoo', 'project_sale_line_employee_map') }}
