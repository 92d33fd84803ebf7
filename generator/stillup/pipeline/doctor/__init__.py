"""Looks at everything that a page stands on, before it is needed: each finding says what to do."""
