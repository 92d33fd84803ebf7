"""`stillup incident` with every verb: each of these modules adds its own."""

from stillup.cli import approving, learning, redacting
from stillup.cli.incident import incident

__all__ = ["approving", "incident", "learning", "redacting"]
