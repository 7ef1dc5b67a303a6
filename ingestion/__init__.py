"""Systems in, raw history out: connectors, landing through dlt, versions, deletes and the load log."""
