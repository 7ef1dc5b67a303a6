{{ reject_files('vendor_bill') }}
