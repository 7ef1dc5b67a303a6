{{ reject_files('legal_entity') }}
