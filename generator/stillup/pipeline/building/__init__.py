"""The page built: one run from the records to the published tree."""
