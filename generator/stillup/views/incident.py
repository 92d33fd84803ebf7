"""Incidents, maintenances and their updates as the public may see them. Ids are fixed here."""

from collections.abc import Sequence
from datetime import UTC, datetime

from markupsafe import Markup

from stillup.frozen import dataclass
from stillup.views.shape import Affected, Body, Fact, Link, Promise, State, Time


@dataclass(frozen=True, slots=True, kw_only=True)
class Revision:
    """What was changed in one text of an update."""

    label: str
    """Which text; empty for what the update itself says."""

    html: Markup
    """The paragraphs that were changed, with `<del>` and `<ins>`."""

    language: str = ""
    """The language of the text where it is not the reader's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """That a published text was changed: when, and what where that is known."""

    time: Time
    note: str = ""
    """The correction's text where the edit was a declared correction; it names its language if not the reader's."""

    html: Markup = Markup("")
    """The same as HTML."""

    changes: tuple[Revision, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateView:
    """One update: an entry on the page, in a feed, in a message."""

    key: str
    """`<incident>/<update>`: what feed ids, Message-IDs, webhook ids and ledger keys are spelled from."""

    anchor: str
    """The update's id: the fragment on its incident's page."""

    place: str
    """`incidents/<id>/#<anchor>`."""

    at: datetime
    time: Time
    """With its date and zone."""

    status: str
    """The vocabulary's word, e.g. `investigating`."""

    word: str
    """The reader's word, e.g. `Investigating`; `Update` is not used: the page says the state itself."""

    body: Body
    affected: tuple[Affected, ...]
    """Everything the incident holds after this update, worst first; empty when all are back.

    Of a maintenance that is announced: what it will hold."""

    changed: tuple[tuple[str, str, str], ...]
    """What this update changed: component id, state before, state after (vocabulary's words), by id."""

    facts: tuple[Fact, ...] = ()
    """Which window of a series it speaks of, then the optional texts of this update: impact, progress, next steps, eta,
    summary, resolution, prevention, monitoring, scope, workaround, data, in this order, keyed by the record's field
    name; an absent text is absent."""

    promise: Promise | None = None
    """The promise this update makes, told as of the update itself (never late)."""

    window: str = ""
    """The key of the one window of a series that it speaks of; empty where it speaks of the whole record."""

    opening: bool = False
    closing: bool = False
    notify: bool = True
    edited: Edit | None = None
    corrected: str = ""
    """The correction as it was declared: Markdown."""

    corrected_at: datetime | None = None
    """When a correction was declared; feeds take it as a change of the entry."""

    withdrawn: Edit | None = None
    """Set: the body is the reason; the text itself is not shown."""

    redacted_at: datetime | None = None
    """When a text was taken out; the body says so, and why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lane:
    """One component's states through an incident, drawn on a line 1000 units long."""

    name: str
    alt: str
    bits: tuple[tuple[int, int, State, str], ...]
    """Start, length (at least 4), state, words for the pointer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """One window of a maintenance."""

    key: str
    """The start it was first announced with, as `20261122t020000z`: its identity in a series."""

    start: datetime
    end: datetime
    """As planned, after the newest move."""

    status: str
    """scheduled, in_progress, verifying, completed or cancelled."""

    text: str
    """`Sun 22 Nov 2026, 02:00 to 03:30 UTC`."""

    began: datetime | None = None
    ended: datetime | None = None
    auto: bool = False
    """Whether the clock alone begins and ends it."""

    by_clock: tuple[str, ...] = ()
    """Which of `in_progress` and `completed` came by the clock and no update tells. Past ones only."""

    told: tuple[str, ...] = ()
    """In a series: the ids of the updates that speak of this window alone."""

    @property
    def planned(self) -> datetime:
        """The start it was first announced with: another than `start` where it was moved."""
        return datetime.strptime(self.key, "%Y%m%dt%H%M%Sz").replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class PostmortemView:
    """The public part of what was learned."""

    key: str
    """`<incident>/postmortem`, with the id it was first published under."""

    at: datetime
    time: Time
    body: Body
    redacted_at: datetime | None = None
    """When its text was taken out; the body says so, and why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentView:
    """One incident or maintenance with all its updates, newest first: its page, and its part of the home page."""

    id: str
    place: str
    """`incidents/<id>/`."""

    kind: str
    title: str
    reference: str
    description: str
    """One sentence for search engines and previews."""

    status: str
    impact: str
    open: bool
    state: State
    """Its own state: open by its impact, or Resolved, Planned, Under maintenance, Completed, Cancelled."""

    kick: str
    """The line above the title, e.g. `Open incident · cause identified`."""

    severity: str
    """P0 ... only where the settings say so, else empty."""

    started: datetime
    ended: datetime | None
    closed: datetime | None
    duration: str
    """In words, e.g. `1 h 35 min`; empty while open."""

    facts: tuple[Fact, ...]
    """In reading order. Open: since, affected, who, workaround. Closed: impact, began, ended, who, data ..."""

    affected: tuple[Affected, ...]
    """Open: at this moment. Closed: each component in the worst state it had."""

    component_ids: tuple[str, ...]
    """Every component it ever held, in page order."""

    promise: Promise | None
    lanes: tuple[Lane, ...]
    ticks: tuple[str, ...]
    """Words under the lanes, evenly spread."""

    updates: tuple[UpdateView, ...]
    """Newest first."""

    postmortem: PostmortemView | None
    related: tuple[Link, ...] = ()
    note: str = ""
    """One line for lists: worst state, duration, components."""

    html_windows: Markup = Markup("")
    """Maintenance: the window that runs or comes next and what falls out after it, else all; safe HTML, one a line."""

    windows: tuple[Window, ...] = ()
    """Maintenance: its windows by start, past ones and those within a year."""

    turns: tuple[tuple[str, State], ...] = ()
    """Maintenance by the clock, on a page of the present: from when (RFC 3339) which shape and which `kick`."""

    endless: bool = False
    """Maintenance: it comes back without an end."""

    search: str = ""
    """What the page's search finds it by."""

    retitled: datetime | None = None
    """When its title was replaced, since it should never have been public."""

    language: str = ""
    """The language of the title where it is not the reader's."""

    origin: str = ""
    """The id it was first published under, where it has another now: keys are made of it."""

    @property
    def first_id(self) -> str:
        """The id that keys are made of: a rename does not change it."""
        return self.origin or self.id

    def window(self, named: str) -> Window | None:
        """Return the window whose key, or whose start as it is planned now, is `named`."""
        return next((each for each in self.windows if named in (each.key, f"{each.start:%Y%m%dt%H%M%Sz}")), None)

    def newest(self, window: str = "") -> UpdateView:
        """Return the newest update that stands and speaks of the whole record, or of the `window` of this key."""
        return newest_of(self.updates, window)


def newest_of(updates: Sequence[UpdateView], window: str = "") -> UpdateView:
    """Return the newest of `updates`, newest first, that stands and speaks of the whole record, or of `window`."""
    return next((each for each in updates if each.withdrawn is None and each.window in ("", window)), updates[0])
