"""Our own API, version 1: what Statuspage's does not tell. Keys may be added, none is taken away or changes meaning.

Instants are RFC 3339 in UTC, days are civil days of the page's time zone, paths are relative to the site's root.
"""

from typing import Annotated, NotRequired, TypedDict

from stillup.api.mark import Mark
from stillup.vocabulary import ComponentStatus, Impact, Kind, UpdateStatus

Code = Annotated[str, Mark(pattern="^[0-9bcdfghjklmnpqrstvwxyz]{12}$")]
Id = Annotated[str, Mark(pattern="^[a-z0-9][a-z0-9-]{0,99}$")]
Sha256 = Annotated[str, Mark(pattern="^[0-9a-f]{64}$")]
Instant = Annotated[str, Mark(format="date-time")]
Day = Annotated[str, Mark(format="date")]
Month = Annotated[str, Mark(pattern=r"^\d{4}-\d\d$")]
Seconds = Annotated[int, Mark(minimum=0)]
Percent = Annotated[float, Mark(minimum=0, maximum=100)]
State = Annotated[str, Mark(enum=[status.value for status in ComponentStatus])]
Progress = Annotated[str, Mark(enum=[status.value for status in UpdateStatus])]


class Held(TypedDict):
    """A half-open span in which a record held a component in a state; `end` is null while it does."""

    id: Id
    status: State
    start: Instant
    end: Instant | None


class Incident(TypedDict):
    """One incident or maintenance in short; `document` has its updates."""

    id: Id
    code: Code
    kind: Annotated[str, Mark(enum=[kind.value for kind in Kind])]
    title: str
    reference: str | None
    status: Progress
    impact: Annotated[str, Mark(enum=[*(impact.value for impact in Impact), "maintenance"])]
    started_at: Instant
    ended_at: Annotated[Instant | None, Mark(description="When customers stopped noticing.")]
    resolved_at: Instant | None
    updated_at: Instant
    updates: int
    text: Annotated[str, Mark(description="The newest update in one line.")]
    postmortem_at: Instant | None
    page: str
    document: str
    components: list[Held]


class Incidents(TypedDict):
    """`incidents/<year>.json`: everything that began in a year, newest first; with `parts`, what is not in those.

    `incidents/<year>-<number>.json` is a part of a year with more than 750: the first has the oldest 500.
    """

    year: int
    time_zone: str
    parts: NotRequired[Annotated[list[str], Mark(description="Paths of documents with what is older, newest first.")]]
    incidents: list[Incident]


class Window(TypedDict):
    """One window of a maintenance, as planned and as it went."""

    key: Annotated[str, Mark(description="The start it was first announced with: it stays when a window moves.")]
    start: Instant
    end: Instant
    status: Progress
    began_at: Instant | None
    ended_at: Instant | None


class Maintenance(TypedDict):
    """One maintenance with its windows."""

    id: Id
    code: Code
    title: str
    status: Progress
    page: str
    document: str
    endless: Annotated[bool, Mark(description="It comes back without an end; windows of a year are listed.")]
    components: list[Id]
    windows: list[Window]


class Maintenances(TypedDict):
    """`maintenances.json`: all to come, then the 50 newest that are over."""

    time_zone: str
    maintenances: list[Maintenance]


class Weights(TypedDict):
    """What a second of an outage costs."""

    partial_outage: float
    major_outage: float


class Rule(TypedDict):
    """How every percentage is made."""

    text: Annotated[str, Mark(description="The rule in words, as the page prints it.")]
    formula: str
    weights: Weights
    day_seconds: Annotated[int, Mark(description="The length of every day in the formula.")]
    decimals: Annotated[int, Mark(description="Percentages are rounded down to so many.")]


class Share(TypedDict):
    """The uptime over the newest days."""

    days: int
    first_day: Annotated[Day | None, Mark(description="The first day that counts.")]
    percent: Percent | None


class MonthShare(TypedDict):
    """The uptime in one month."""

    month: Month
    percent: Percent | None


class ComponentUptime(TypedDict):
    """The uptime of a component."""

    id: Id
    code: Code
    name: str
    group: Id | None
    since: Day | None
    page: str
    document: str
    uptime: list[Share]
    months: list[MonthShare]


class GroupUptime(TypedDict):
    """The uptime of a group: that of its mean day."""

    id: Id
    code: Code
    name: str
    uptime: list[Share]
    months: list[MonthShare]


class Uptime(TypedDict):
    """`uptime.json`."""

    time_zone: str
    today: Day
    rule: Rule
    components: list[ComponentUptime]
    groups: list[GroupUptime]


class DaySeconds(TypedDict):
    """One civil day: seconds in each state but operational, and what was behind them."""

    date: Day
    major_outage: Seconds
    partial_outage: Seconds
    degraded_performance: Seconds
    under_maintenance: Seconds
    incidents: list[Id]


class Days(TypedDict):
    """`days/<component>.json`: each day with data of the last twelve months, oldest first, the running one last."""

    id: Id
    code: Code
    name: str
    time_zone: str
    rule: Rule
    uptime: list[Share]
    days: list[DaySeconds]


class Vendor(TypedDict):
    """The supplier behind a component, as its own status page says."""

    component: Id
    code: Code
    name: Annotated[str, Mark(description="Of the component.")]
    vendor: str
    page: Annotated[str, Mark(description="The address of the supplier's status page.")]
    status: Annotated[str, Mark(enum=[*(status.value for status in ComponentStatus), "unknown"])]
    last_known: State | None
    since: Annotated[Instant | None, Mark(description="Since when it is in this state, or unknown.")]


class Vendors(TypedDict):
    """`vendors.json`: suppliers of components, as far as they were asked."""

    vendors: list[Vendor]


class File(TypedDict):
    """One published file."""

    path: str
    digest: Annotated[str, Mark(pattern="^[0-9a-f]{64}$", description="SHA-256.")]
    size: Annotated[int, Mark(minimum=0)]


class Manifest(TypedDict):
    """`manifest.json`: every file of a build but this one and those that its parts list, by path."""

    at: Instant
    commit: str | None
    parts: Annotated[list[str], Mark(description="Paths of documents that list the files of single records.")]
    files: list[File]


class ManifestPart(TypedDict):
    """`manifest/<year>.json`: the files of each record that began in a year, record by record.

    Of more than 750 records `manifest/<year>-<number>.json` has 500, the first by their ids in the first.
    """

    year: int
    files: list[File]


class EventsPart(TypedDict):
    """`manifest/events-<number>.json`: the files of 200 entries of the event log.

    `manifest/history-<number>.json` has as many as 500 of the files below `history/`, where there are more than 750.
    """

    files: list[File]


class Heartbeat(TypedDict):
    """`/heartbeat.json`: whether what is served is current."""

    built_at: Instant
    at: Annotated[Instant, Mark(description="The instant the page tells of.")]
    commit: str | None
    next_due: Annotated[Instant | None, Mark(description="When the page changes by the clock alone.")]
    event_seq: Annotated[int | None, Mark(description="Newest entry of the event log; null without one.")]
    event_head: Annotated[str | None, Mark(description="Its hash, which stands for the whole log up to it.")]
    live: Annotated[bool, Mark(description="False: made as of a stated instant, and nothing newer comes by itself.")]


class EventRedaction(TypedDict):
    """Why an entry has no text any more."""

    seq: Annotated[int, Mark(minimum=1, description="The entry that says so.")]
    at: Instant
    reason: str


class EventEntry(TypedDict):
    """What is chained: canonical JSON (RFC 8785) of it is what `hash` is made of."""

    seq: Annotated[int, Mark(minimum=1)]
    key: Annotated[str, Mark(description="Fixed for ever: <incident>/<update>, or what the clock or a change brought.")]
    kind: str
    incident: Id | None
    at: Annotated[Instant, Mark(description="When it was published or came by the clock, as the record says.")]
    logged_at: Annotated[Instant, Mark(description="When it was appended.")]
    commit: str | None
    commitment: Annotated[Sha256, Mark(description="SHA-256 of the salt, a line feed and canonical JSON of the data.")]
    erases: Annotated[list[int], Mark(description="Of a redaction: the entries that lost their text.")]


class Event(TypedDict):
    """`events/<seq>.json`: one entry of the event log. `hash` is SHA-256 of `previous`, a line feed and `entry`."""

    seq: Annotated[int, Mark(minimum=1)]
    type: Annotated[str, Mark(description="As webhooks have it: incident.opened, maintenance.started ...")]
    timestamp: Instant
    data: Annotated[dict[str, object] | None, Mark(description="As webhooks have it; null once it was redacted.")]
    redacted: EventRedaction | None
    entry: EventEntry
    salt: Sha256 | None
    previous: Annotated[Sha256, Mark(description="The hash of the entry before; 64 zeros of the first.")]
    hash: Sha256
