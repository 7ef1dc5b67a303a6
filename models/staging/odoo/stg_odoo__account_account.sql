{{ stage_records('odoo', 'account_account') }}
