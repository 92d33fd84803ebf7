"""What every place that a page goes to has in common."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Protocol

from stillup.errors import StillupError


class Unreached(StillupError):
    """The page did not get to a place; the words say why, and what to mend."""


Newer = Callable[[bytes], str]
"""Asked with the heartbeat that a place serves: why the page in hand is older than that one, or nothing."""


def never(heartbeat: bytes) -> str:
    """Hold no page for newer."""
    return ""


class Place(Protocol):
    """One place."""

    @property
    def name(self) -> str:
        """What people call it; no login is in it."""

    def put(self, site: Path, *, at: datetime, commit: str, newer: Newer = never) -> str:
        """Bring the page in the folder `site` there; return what happened, as the end of a sentence.

        Whoever looks meanwhile sees the page before or the new one. Where the page there is `newer`, it stays.

        Raises:
            Unreached: the place is as it was.
        """

    def look(self, site: Path) -> str:
        """Return what `put` would do, and do nothing.

        Raises:
            Unreached: it could not.
        """
