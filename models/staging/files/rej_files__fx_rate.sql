{{ reject_files('fx_rate') }}
