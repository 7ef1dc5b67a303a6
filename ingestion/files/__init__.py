"""Drop folder: one canonical entity per file, as CSV, JSON lines or Parquet."""
