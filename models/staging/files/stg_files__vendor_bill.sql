{{ stage_files('vendor_bill') }}
