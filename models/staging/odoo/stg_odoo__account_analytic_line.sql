{{ stage_records('odoo', 'account_analytic_line') }}
