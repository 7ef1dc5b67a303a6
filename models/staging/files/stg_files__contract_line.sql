{{ stage_files('contract_line') }}
