"""One module a page: it asks the metrics service through `dashboard.data` and hands values to components.

The folder is not called `pages`: Streamlit would take every file of such a folder for a page of its own making.
"""
