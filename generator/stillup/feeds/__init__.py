"""FEEDS: views to RSS and Atom."""
