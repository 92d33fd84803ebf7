"""The namespace of what no standard of feeds has an element for."""

from typing import Final

STILLUP: Final = "urn:uuid:d8854c69-44cc-5e78-a5b3-47370d7bc3c3"
"""A UUID, since it needs nobody's domain."""
