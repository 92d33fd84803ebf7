"""The course of one incident or maintenance: who was affected when, as far as its updates and the clock tell at `at`."""

from dataclasses import dataclass
from datetime import datetime

from stillup.vocabulary import ComponentStatus, Impact, Kind, UpdateStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """One incident or maintenance holds one component in one state for a half-open span."""

    component: str
    start: datetime
    end: datetime | None
    """None: still held."""

    status: ComponentStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class Occurrence:
    """One window of a maintenance, as planned and as it went."""

    start: datetime
    end: datetime
    """As planned, after the newest move."""

    status: UpdateStatus
    """At `at`: scheduled, in_progress, verifying, completed or cancelled."""

    planned_start: datetime
    """The start it was first announced with: its identity in a series."""

    began: datetime | None = None
    ended: datetime | None = None
    """When it really began and ended, by the clock or by an update."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """What one record amounts to at an instant. Small: a whole history of these is held at once."""

    id: str
    kind: Kind
    status: UpdateStatus
    impact: Impact
    started: datetime
    """Incident: when customers began to notice. Maintenance: the start of its first window."""

    ended: datetime | None
    """Incident: when customers stopped noticing. Maintenance: the end of its last window. None while open."""

    closed: datetime | None
    """When the closing update was published or, for a maintenance by the clock, its last window ended."""

    worst: ComponentStatus
    """The worst state any component was in through it."""

    claims: tuple[Claim, ...]
    """By start, then by component. Spans of one component do not overlap. Operational is no claim."""

    occurrences: tuple[Occurrence, ...] = ()
    """Of a maintenance, by start: all past ones and those within a year of `at`."""

    settled: bool
    """True when no later instant can change it while its record stays the same."""

    @property
    def open(self) -> bool:
        """Whether the incident is not resolved, or the maintenance not over."""
        return self.closed is None
