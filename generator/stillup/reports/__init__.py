"""INTERNAL: documents for those who run the page; never into the public tree."""
