{{ stage_files('invoice_line') }}
