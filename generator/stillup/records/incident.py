"""The incident record: what a responder wrote in `incidents/**/<id>.yml`, and nothing else.

A maintenance is the same record with `kind: maintenance` and a `scheduled` window.
No files, no clock, no HTML here. Every time is timezone-aware.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from stillup.vocabulary import ComponentStatus, Impact, Kind, Severity, UpdateStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """A new window told by an update: of the whole maintenance, or of one occurrence of a series."""

    start: datetime
    end: datetime
    occurrence: datetime | None = None
    """The old start of the occurrence that moves."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Withdrawal:
    """Why an update no longer counts; its place and id stay."""

    at: datetime
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Update:
    """One entry in an incident's public timeline."""

    id: str
    """The written `id:`, else the instant as `20261120t101200z`, else that with `-2`, `-3` ... in file order."""

    at: datetime
    status: UpdateStatus
    body: str
    """Markdown, shown to everyone."""

    components: Mapping[str, ComponentStatus] = field(default_factory=dict)
    """What changed, by component id; groups are already replaced by their members at `at`. The rest carries on."""

    next_update_at: datetime | None = None
    """The promise: when the next update comes at the latest."""

    next_update_in: timedelta | None = None
    """The promise as it was written, where it was written as a duration: `every 30 minutes` comes from it."""

    impact_text: str = ""
    progress: str = ""
    next_steps: str = ""
    eta: str = ""
    summary: str = ""
    resolution: str = ""
    prevention: str = ""
    monitoring: str = ""
    scope: str = ""
    workaround: str = ""
    """Markdown, or `none_known`."""

    data_loss: str = ""
    """Markdown, or `none`."""

    cause_confirmed: bool = False
    notify: bool | None = None
    """False: the page changes, nobody is told. None: the default of the incident (False when backfilled or P3)."""

    edited_at: datetime | None = None
    correction: str = ""
    withdrawn: Withdrawal | None = None
    scheduled: Move | None = None
    occurrence: datetime | None = None
    """In a series: the start of the occurrence that this update speaks of."""

    lint: Mapping[str, str] = field(default_factory=dict)
    code: str | None = None
    source: Mapping[str, object] = field(default_factory=dict)
    translations: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """When a maintenance takes place; half-open, at `end` it is over."""

    start: datetime
    end: datetime
    timezone: str = "UTC"
    """The zone in which a recurrence keeps its local time."""

    recurrence: str = ""
    """An RFC 5545 rule, e.g. `FREQ=WEEKLY;BYDAY=SU;COUNT=8`; empty for a single window."""

    exceptions: tuple[datetime, ...] = ()
    """Starts of occurrences that do not take place (`except` in YAML)."""

    reminders: tuple[timedelta, ...] = (timedelta(hours=24), timedelta(hours=1))
    auto: bool = True
    """True: it begins and ends by the clock. False: only updates begin and end it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Postmortem:
    """The public part of what was learned."""

    at: datetime
    body: str
    """Markdown."""

    translations: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Incident:
    """One incident or maintenance, with its updates oldest first."""

    id: str
    """The file's stem."""

    title: str
    kind: Kind = Kind.INCIDENT
    reference: str = ""
    severity: Severity | None = None
    impact: Impact | None = None
    """As stated; None where the worst component decides."""

    disaster: bool = False
    started_at: datetime | None = None
    """When customers began to notice, where it differs from the first update."""

    ended_at: datetime | None = None
    """When customers stopped noticing, where it differs from the resolving update."""

    backfilled: bool = False
    scheduled: Schedule | None = None
    updates: tuple[Update, ...]
    """At least one, by `at`; at one instant in file order, files of `X/updates/` last, by name."""

    postmortem: Postmortem | None = None
    formerly: tuple[str, ...] = ()
    """Ids it had before a rename."""

    code: str | None = None
    source: Mapping[str, object] = field(default_factory=dict)
    translations: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
