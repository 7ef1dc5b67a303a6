{{ stage_files('legal_entity') }}
