"""The published tree: what stands in it, what moved since the last run, and how files change places."""
