"""What outputs print of the public event log: a place in it, and the hash that stands for everything up to there."""

from stillup.frozen import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """The newest entry of a log, or the entry of one event."""

    seq: int
    """From 1."""

    hash: str
    """64 hexadecimal digits."""
