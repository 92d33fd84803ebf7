"""Small views for lists and feeds: kept for a whole history, so that nothing else of an old record is read again."""

from datetime import date, datetime
from typing import NamedTuple

from markupsafe import Markup

from stillup.frozen import dataclass
from stillup.views.shape import State


@dataclass(frozen=True, slots=True, kw_only=True)
class Headline:
    """An incident or maintenance as lists show it."""

    id: str
    place: str
    title: str
    kind: str
    state: State
    """Open by its impact, or Resolved, Planned, Under maintenance, Completed, Cancelled."""

    worst: str
    """Key of the worst state it brought: ok, degraded, partial, major or maint."""

    note: str
    """`partial outage for 1 h 35 min, Stripe, Payments`."""

    open: bool
    started: datetime
    ended: datetime | None
    days: tuple[date, ...]
    """The civil days it is listed under: an incident's first; of a maintenance each day on which a window began."""

    component_ids: tuple[str, ...]
    search: str
    """What the page's search finds it by: components and newest text, shortened; its title is searched beside it."""

    language: str = ""
    """The language of the title where it is not the reader's."""

    lines: tuple[tuple[State, str], ...] = ()
    """State and note on each of `days`, for a maintenance of several windows; else empty: those above hold."""


class Tally(NamedTuple):
    """How much there was in a month or a year."""

    incidents: int
    maintenances: int
    worst: str
    """Key of the worst state: ok, maint, degraded, partial or major."""


NOTHING = Tally(0, 0, "ok")


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One update, or one event of a maintenance, as a feed shows it."""

    key: str
    """`<incident>/<update>`: its `tag:` URI is made of it and never changes."""

    place: str
    title: str
    """`[Resolved] Card payments declined`."""

    published: datetime
    updated: datetime
    """Moves only on a declared correction."""

    html: Markup
    text: str
    status: str
    component_ids: tuple[str, ...]
