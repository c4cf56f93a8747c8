"""Characters from files and to files: one reader or writer a format."""
