{{ reject_files('invoice_line') }}
