"""One module a page: it asks the metrics service through `dashboard.data` and hands values to components."""
