{{ stage_records('odoo', 'account_move') }}
