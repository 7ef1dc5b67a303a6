{{ stage_versions('odoo', 'project_sale_line_employee_map') }}
