"""Parts of a page: each draws one thing from values that it is given and asks for nothing."""
