"""What the API prints of incidents, components and the page: every fact it needs, and none beside them.

Instants are in UTC, to the millisecond where an import kept them so. Codes are the public API's ids.
"""

from collections.abc import Mapping
from dataclasses import field
from datetime import date, datetime

from stillup.frozen import dataclass
from stillup.vocabulary import ComponentStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """What one update said of one component."""

    code: str
    name: str
    """As it was called in that update."""

    before: str
    after: str


@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateDocument:
    """One update, what the clock did to a maintenance, or a postmortem."""

    code: str
    status: str
    """The vocabulary's word, or `postmortem`."""

    html: str
    """One running text with `<br />`, links and a few inline elements, as Statuspage serves it."""

    created: datetime
    updated: datetime
    shown: datetime
    effects: tuple[Effect, ...] | None
    """In page order: every component named so far, changed or not; None while none is named."""

    notify: bool = True
    tweet: str | None = None
    tweet_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SpanDocument:
    """A span in which the incident held a component in a state."""

    component: str
    status: str
    start: datetime
    end: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class WindowDocument:
    """One window of a maintenance."""

    key: str
    start: datetime
    end: datetime
    status: str
    began: datetime | None
    ended: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentDocument:
    """One incident or maintenance with everything the API says of it but the present state of its components."""

    id: str
    code: str
    kind: str
    title: str
    reference: str
    status: str
    """The vocabulary's word for the newest state."""

    impact: str
    """none, minor, major or critical; `maintenance` for a maintenance that states nothing else."""

    open: bool
    place: str
    shortlink: str
    line: str
    """The newest text in one line."""

    created: datetime
    updated: datetime
    started: datetime
    ended: datetime | None
    monitoring: datetime | None
    resolved: datetime | None
    scheduled_for: datetime | None = None
    scheduled_until: datetime | None = None
    """Of a maintenance: the window that runs or comes next, else the last one."""

    reminders: str | None = None
    updates: tuple[UpdateDocument, ...]
    """Newest first by `shown`."""

    component_ids: tuple[str, ...] = ()
    """Every component that any update names, in page order."""

    spans: tuple[SpanDocument, ...] = ()
    windows: tuple[WindowDocument, ...] = ()
    endless: bool = False
    postmortem_html: str = ""
    postmortem_at: datetime | None = None
    formerly: tuple[str, ...] = ()
    """Ids it had before; their places lead here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PageDocument:
    """The status page as a whole."""

    code: str
    name: str
    url: str
    """Without its final slash."""

    zone: str
    """IANA name; `Etc/UTC` for UTC."""

    language: str
    direction: str
    updated: datetime
    """When anything of it last changed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ComponentDocument:
    """A component or a group of components."""

    id: str
    code: str
    name: str
    status: str
    created: datetime
    updated: datetime
    position: int
    """From 1 among its neighbours: those of its group, or of the top level."""

    html: str
    """Its description in Statuspage's manner; empty where there is none."""

    showcase: bool
    start: date | None
    group: str | None
    """The code of its group."""

    only_degraded: bool
    is_dated: bool = True
    """Whether it is known since when it is there; else `created` is as far back as the page knows of anything."""

    children: tuple[str, ...] | None = None
    """Of a group: the codes of its components. None: it is no group."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Roster:
    """The page and its components at one instant."""

    page: PageDocument
    indicator: str
    label: str
    """Statuspage's, in English."""

    listed: tuple[ComponentDocument, ...]
    """What clients see, in page order: a group is followed by its components."""

    by_id: Mapping[str, ComponentDocument] = field(default_factory=dict)
    """Every component that is described, also those that are not listed; no groups."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShareDocument:
    """The uptime over a span."""

    days: int
    """How many days were looked at."""

    first: date | None
    """The first day that counts; None where none does."""

    percent: int | None
    """In hundredths of a percent; None where there is no figure."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthDocument:
    """The uptime in one month."""

    month: date
    """Its first day."""

    percent: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DayDocument:
    """One civil day of a component: seconds in each state but operational."""

    date: date
    partial: int = 0
    major: int = 0
    degraded: int = 0
    maintenance: int = 0
    causes: tuple[str, ...] = ()
    """Ids of incidents and maintenances."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UptimeDocument:
    """The uptime of a component or a group."""

    id: str
    code: str
    name: str
    place: str
    """Of its page; empty for a group."""

    group: str
    """The id of a component's group; empty where it has none."""

    start: date | None
    current: bool
    """Whether it stands in the page's own table today."""

    shares: tuple[ShareDocument, ...]
    months: tuple[MonthDocument, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DaysDocument:
    """The days of a component with public uptime."""

    of: UptimeDocument
    first: date | None
    last: date | None
    """The first and the last day with data; every day between them has data too."""

    bad: tuple[DayDocument, ...]
    """The days on which it was not operational all the time, oldest first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UptimeRule:
    """How the figures are made."""

    text: str
    partial: int
    """What a second of partial outage costs, in thousandths."""

    major: int


@dataclass(frozen=True, slots=True, kw_only=True)
class UptimeBook:
    """All figures of a day."""

    page: PageDocument
    today: date
    rule: UptimeRule
    components: tuple[UptimeDocument, ...]
    groups: tuple[UptimeDocument, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SupplierDocument:
    """What is known of the supplier behind a component."""

    id: str
    code: str
    name: str
    """Of the component."""

    vendor: str
    page: str
    """The address of the supplier's status page."""

    status: str
    """A state of a component, or unknown."""

    last_known: ComponentStatus | None
    since: datetime | None
    """Since when it is in this state, or unknown."""
