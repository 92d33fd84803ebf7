"""A drill: an incident that is played through the whole pipeline, in a page of its own that nobody reads."""
