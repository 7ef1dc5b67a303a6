{{ reject_files('contract_line') }}
