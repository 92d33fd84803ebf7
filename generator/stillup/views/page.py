"""The pages as finished views: what each template receives. Templates loop and choose; nothing is computed there."""

from stillup.frozen import dataclass
from stillup.views.incident import IncidentView
from stillup.views.shape import Body, Link, Promise, State, Time

STILL = 24
"""Where a calm bar ends in a drawing that is 40 high: the still line."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One or more days with trouble, or without data, on the line of bars."""

    x: int
    """Where its stroke stands on the drawing: 3 + 8 for each day from the left."""

    span: int
    """How many days (only days without data are joined)."""

    key: str
    """degraded, partial, major, maint or none."""

    top: int
    """Upper end of the stroke: major 0, partial 8, degraded 16, maint 17, none 36."""

    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DayLine:
    """One bad day in words."""

    time: Time
    state: State
    text: str
    """How long, e.g. `1 h 15 min` or `since 10:05 UTC`."""

    links: tuple[Link, ...]
    more: str = ""
    """How many of its incidents are left out: `and 4 more`; empty where all are named."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One component on the home page."""

    id: str
    place: str
    name: str
    state: State
    uptime: str
    """`99.96 %`, `100 %`, `no figure yet`, or empty where it is hidden."""

    alt: str
    """The bars in words."""

    over: str = ""
    """What the figure is, where no heading says so: `uptime over 90 days`; empty without one."""

    bars: tuple[Bar, ...]
    days: tuple[DayLine, ...]
    """Bad days, newest first."""

    shown: bool
    """Whether bars and figure are public."""

    turns: tuple[tuple[str, State], ...] = ()
    """What the clock alone will make of its state: from when (RFC 3339), and which."""
    supplier: State | None = None
    """What is said of its supplier; none while that is known to be well."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupRow:
    """A group with its rows; a single row without a name is a component outside groups, or a group of one."""

    id: str
    name: str
    description: str
    note: str
    """`3 of 3 affected`, or how many components."""

    state: State
    uptime: str
    alt: str
    over: str = ""
    """As a row's."""

    bars: tuple[Bar, ...]
    open: bool
    rows: tuple[Row, ...]
    turns: tuple[tuple[str, State], ...] = ()
    """As a row's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """An incident or a maintenance in a list."""

    place: str
    title: str
    state: State
    note: str
    language: str = ""
    """The language of the title where it is not the reader's."""

    note_language: str = ""
    """The language of the note where it is not the reader's."""

    when: Time | None = None
    body: Body | None = None
    windows: tuple[str, ...] = ()
    """Maintenance: its windows in words, one a line."""

    window: str = ""
    """The same in one line."""

    turns: tuple[tuple[str, State], ...] = ()
    """Maintenance by the clock, on a page of the present: from when (RFC 3339) which other state is true, so that a
    script may say it before the next build."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DayEvents:
    """A day, or a quiet span of days, of a list."""

    time: Time | None
    """None for a quiet span of several days."""

    span: str
    """The span in words, e.g. `10 to 19 Nov`; empty for a single day."""

    events: tuple[Event, ...]
    quiet: str
    """What to say where there is no event."""

    more: Link | None = None
    """Where the events stand that are left out: `and 22 more`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One number with its label and a small remark."""

    label: str
    value: str
    remark: str = ""
    top: int = STILL
    """Where its bar ends in a drawing that is 40 high: `STILL` on the still line, 0 for the worst of its row."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Built:
    """When and from what the page was made; only on the home page, which is made anew each time."""

    time: Time
    commit: str
    """Short commit, or empty outside a git checkout."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Front:
    """The first thing a reader sees, at some instant."""

    overall: State
    headline: str
    line: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A component's state, since when, and because of what."""

    state: State
    since: Time | None
    because: Link | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Home:
    """The home page."""

    title: str
    description: str
    overall: State
    """`key` colours the banner; `word` is Statuspage's label."""

    indicator: str
    headline: str
    line: str
    promise: Promise | None
    open: tuple[IncidentView, ...]
    """Worst first, then newest first."""

    earlier: tuple[str, ...]
    """For each of `open`: the words for its older updates (`2 earlier updates`), empty where all are shown."""

    running: tuple[Event, ...]
    planned: tuple[Event, ...]
    axis: tuple[str, str]
    groups: tuple[GroupRow, ...]
    rule: str
    days: tuple[DayEvents, ...]
    history: Link
    built: Built
    ways: str = ""
    """By what one hears of the next update: `e-mail, SMS, feed`."""

    turns: tuple[tuple[str, Front], ...] = ()
    """What the clock alone will make of the banner: from when (RFC 3339), and what it says then."""


@dataclass(frozen=True, slots=True, kw_only=True)
class YearCell:
    """One bad day of the year map."""

    x: int
    y: int
    key: str
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ComponentPage:
    """A component's own page."""

    id: str
    place: str
    name: str
    group: str
    lede: Body | None
    title: str
    description: str
    state: State
    since: Time | None
    because: Link | None
    figures: tuple[Figure, ...]
    """30, 90 and 365 days; empty where uptime is hidden."""

    rule: str
    axis: tuple[str, str]
    alt: str
    bars: tuple[Bar, ...]
    days: tuple[DayLine, ...]
    year_alt: str
    year_months: tuple[tuple[int, str], ...]
    """x and name of each month's label."""

    year_calm: tuple[str, str]
    """SVG paths of all small squares: of the first 27 weeks (x below 378), and of the others."""

    year: tuple[YearCell, ...]
    year_days: tuple[str, ...]
    months: tuple[Figure, ...]
    events: tuple[DayEvents, ...]
    history: Link
    turns: tuple[tuple[str, Held], ...] = ()
    """What the clock alone will make of its state: from when (RFC 3339), and which."""
    supplier: State | None = None
    """What is said of its supplier; none while that is known to be well."""

    supplier_page: str = ""
    """The address of the supplier's status page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryMonth:
    """One month."""

    place: str
    title: str
    description: str
    lede: str
    year: Link
    months: tuple[tuple[Link, bool], ...]
    """The year's months with data, and whether it is this one."""

    days: tuple[DayEvents, ...]
    previous: Link | None
    next: Link | None


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryDay:
    """One day, or a part of one, of a month with too much for a single page."""

    place: str
    title: str
    description: str
    lede: str
    month: Link
    days: tuple[DayEvents, ...]
    previous: Link | None
    next: Link | None


@dataclass(frozen=True, slots=True, kw_only=True)
class YearMonth:
    """A month in its year's table."""

    link: Link
    incidents: int
    maintenances: int
    worst: State
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryYear:
    """One year."""

    place: str
    title: str
    description: str
    lede: str
    years: tuple[tuple[Link, bool], ...]
    months: tuple[YearMonth, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class UptimeRow:
    """A component or a group in the uptime table."""

    name: str
    place: str
    """Empty for a group."""

    group: bool
    values: tuple[str, ...]
    """One a column."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UptimePage:
    """The uptime table: 30, 90, 365 days and the last twelve months."""

    title: str
    description: str
    rule: str
    columns: tuple[str, ...]
    rows: tuple[UptimeRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class MaintenancePage:
    """Running, coming and past maintenance."""

    title: str
    description: str
    lede: str
    running: tuple[Event, ...]
    coming: tuple[Event, ...]
    past: tuple[Event, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SubscribePage:
    """Ways to hear of the next update."""

    title: str
    description: str
    lede: str
    ways: tuple[tuple[Link, str], ...]
    promise: Body
