{{ stage_records('odoo', 'uom_uom') }}
