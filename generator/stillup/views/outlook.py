"""How the page will stand when the clock next opens or ends a window, if nobody writes anything until then."""

from collections.abc import Iterable
from typing import TypeVar

from stillup.frozen import dataclass
from stillup.views.board import Board
from stillup.views.edition import Edition, iso
from stillup.views.incident import IncidentView

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlook:
    """The page at one instant to come. A script shows it in its time; without one the next build says it."""

    edition: Edition
    """The edition of that instant: its words are worded for the day it falls on."""

    board: Board
    """States alone: no days."""

    views: tuple[IncidentView, ...]
    """Everything that is not over by then."""


def turns(present: T, later: Iterable[tuple[Outlook, T]]) -> tuple[tuple[str, T], ...]:
    """Return from when (RFC 3339) something else than before is true, and what; `later` in order."""
    found = []
    for outlook, coming in later:
        if coming != present:
            found.append((iso(outlook.edition.at), coming))
            present = coming
    return tuple(found)
