"""The course of one incident or maintenance: who was affected when, as far as updates and clock tell at `at`."""

from collections.abc import Sequence
from datetime import UTC, datetime

from stillup.frozen import dataclass
from stillup.records.incident import Incident
from stillup.timeline.claim import Claim, joined
from stillup.timeline.phase import Phases, Step
from stillup.timeline.publication import AHEAD
from stillup.timeline.recurrence import YEAR
from stillup.timeline.series import windows
from stillup.timeline.window import Window
from stillup.vocabulary import IMPACT_OF, ComponentStatus, Impact, Kind, UpdateStatus

__all__ = ["Claim", "Course", "Occurrence", "course"]


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

    told: tuple[str, ...] = ()
    """In a series: the ids of the updates that speak of this window alone, oldest first."""


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
    """Of a maintenance, by start: all past ones, those within a year of `at` or spoken of, at least the next."""

    settled: bool
    """True when no later instant can change it while its record stays the same."""

    @property
    def open(self) -> bool:
        """Whether the incident is not resolved, or the maintenance not over."""
        return self.closed is None


def course(incident: Incident, at: datetime) -> Course:
    """Return what `incident` amounts to at `at`, times in UTC.

    Give it the whole record: drafts do not count, but keep the course from being settled. Withdrawn updates count
    for nothing; where all are withdrawn, so does the incident.

    Raises:
        ValueError: Nothing of the record is public at `at`.
    """
    at = at.astimezone(UTC)
    public = [update for update in incident.updates if update.at <= at + AHEAD]
    if not public:
        raise ValueError(f"nothing of {incident.id} is public at {at}")
    steps = [(min(update.at.astimezone(UTC), at), update) for update in public if update.withdrawn is None]
    to_come = (
        *(update.at for update in incident.updates if update.withdrawn is None),
        *(moment for moment in (incident.started_at, incident.ended_at) if moment is not None),
        *(() if incident.postmortem is None else (incident.postmortem.at,)),
    )
    quiet = all(moment <= at for moment in to_come)
    if not steps:
        return _withdrawn(incident, min(public[0].at.astimezone(UTC), at), at, quiet=quiet)
    if incident.kind is Kind.MAINTENANCE:
        return _of_maintenance(incident, steps, at, quiet=quiet)
    return _of_incident(incident, steps, at, quiet=quiet)


def _of_incident(incident: Incident, steps: Sequence[Step], at: datetime, *, quiet: bool) -> Course:
    began = steps[0][0] if incident.started_at is None else min(incident.started_at.astimezone(UTC), at)
    ended_at = None if incident.ended_at is None else incident.ended_at.astimezone(UTC)
    phases = Phases(began)
    phases.read(steps, ended_at, at)
    closed = phases.closed
    return Course(
        id=incident.id,
        kind=incident.kind,
        status=steps[-1][1].status,
        impact=incident.impact or IMPACT_OF[phases.worst],
        started=began,
        ended=None if closed is None else max(began, ended_at or closed),
        closed=closed,
        worst=phases.worst,
        claims=joined(phases.claims),
        settled=quiet and closed is not None,
    )


def _of_maintenance(incident: Incident, steps: Sequence[Step], at: datetime, *, quiet: bool) -> Course:
    plan = windows(incident, steps, at)
    claims = joined(claim for window in plan for claim in window.claims())
    worst = max((claim.status for claim in claims), key=lambda state: state.rank, default=ComponentStatus.OPERATIONAL)
    status = _status(plan, steps)
    over = [window.finished for window in plan if window.finished is not None]
    closed = max(over, default=steps[-1][0]) if len(over) == len(plan) else None
    first = plan[0] if plan else None
    last = next((window for window in reversed(plan) if window.runs), plan[-1] if plan else None)
    ended = (last.runs[-1].end if last.runs else last.end) if last else closed
    return Course(
        id=incident.id,
        kind=incident.kind,
        status=status,
        impact=incident.impact or IMPACT_OF[worst],
        started=steps[0][0] if first is None else first.runs[0].start if first.runs else first.start,
        ended=None if closed is None else ended,
        closed=closed,
        worst=worst,
        claims=claims,
        occurrences=_listed(plan, at),
        settled=quiet and closed is not None,
    )


def _status(plan: Sequence[Window], steps: Sequence[Step]) -> UpdateStatus:
    """Return the state of a maintenance: of the running window, else to come, else how it ended."""
    running = [window.status for window in plan if window.running]
    if running:
        return running[0]
    if any(window.finished is None for window in plan):
        return UpdateStatus.SCHEDULED
    newest = plan[-1].status if len(plan) == 1 else steps[-1][1].status
    done = any(window.status is UpdateStatus.COMPLETED for window in plan)
    called_off = newest is UpdateStatus.CANCELLED and steps[-1][1].occurrence is None
    return UpdateStatus.COMPLETED if done and not called_off else UpdateStatus.CANCELLED


def _listed(plan: Sequence[Window], at: datetime) -> tuple[Occurrence, ...]:
    """Return the windows to show: past ones, those within a year or spoken of alone, at least the next."""
    coming = next((window for window in plan if window.start > at), None)
    return tuple(
        Occurrence(
            start=window.start,
            end=window.end,
            status=window.status,
            planned_start=window.planned,
            began=window.runs[0].start if window.runs else None,
            ended=window.runs[-1].end if window.runs else None,
            told=tuple(window.told),
        )
        for window in plan
        if window is coming or window.told or window.start <= at + YEAR
    )


def _withdrawn(incident: Incident, moment: datetime, at: datetime, *, quiet: bool) -> Course:
    """Return the course of a record that says nothing any more."""
    off = UpdateStatus.CANCELLED if incident.kind is Kind.MAINTENANCE else UpdateStatus.RESOLVED
    told = [update.withdrawn.at.astimezone(UTC) for update in incident.updates if update.withdrawn is not None]
    return Course(
        id=incident.id,
        kind=incident.kind,
        status=off,
        impact=Impact.NONE,
        started=moment,
        ended=moment,
        closed=max(moment, min(max(told), at)),
        worst=ComponentStatus.OPERATIONAL,
        claims=(),
        settled=quiet and max(told) <= at,
    )
