{{ stage_records('odoo', 'account_partial_reconcile') }}
