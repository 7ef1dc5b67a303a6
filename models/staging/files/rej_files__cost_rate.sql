{{ reject_files('cost_rate') }}
