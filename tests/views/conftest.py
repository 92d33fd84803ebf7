"""The first example of a property pays for caches and a loaded machine: time says nothing there."""

from hypothesis import settings

settings.register_profile("patient", deadline=None)
settings.load_profile("patient")
