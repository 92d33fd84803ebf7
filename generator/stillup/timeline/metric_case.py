"""One incident as it is measured: what both its records say, as far as they could say it at an instant."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from stillup.frozen import dataclass
from stillup.records.incident import Incident
from stillup.records.inventory import Components
from stillup.records.plan import Plan
from stillup.records.private.incident import PrivateIncident
from stillup.records.private.store import Private
from stillup.timeline.clock.matter import severity_at, suggestion
from stillup.timeline.course import Course, course
from stillup.timeline.length import lasted
from stillup.timeline.publication import published
from stillup.vocabulary import ComponentStatus, Impact, Kind, Severity


class Apart(StrEnum):
    """Why something is no incident that counts. The words of the last two are classes of cause."""

    DRILL = "drill"
    MAINTENANCE = "maintenance"
    FALSE_ALARM = "false-alarm"
    DUPLICATE = "duplicate"


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One incident. Times are in UTC; None: nobody wrote it, or it had not happened yet."""

    id: str
    title: str
    severity: Severity | None
    suggested: bool
    """Whether no record states the severity: then the rules of the settings suggest it."""

    impact: Impact | None
    """None where the whole incident is private."""

    components: tuple[str, ...]
    """Which it affected, in page order."""

    began: datetime
    """When customers began to notice."""

    detected: datetime | None
    acknowledged: datetime | None
    mitigated: datetime | None
    ended: datetime | None
    """When customers stopped noticing."""

    lasted: timedelta
    """How long they noticed, up to now where it is open; the time before a reopening is left out."""

    closed: datetime | None
    """When it was resolved: the resolving update, or what the private record says."""

    first_word: datetime | None
    """The first public update that stands; None where it was told afterwards, or is private."""

    cause: str | None
    apart: Apart | None = None
    public: Incident | None
    """As far as it is public."""

    private: PrivateIncident | None
    course: Course | None


def cases(
    incidents: Iterable[Incident], components: Components, private: Private, plan: Plan, at: datetime
) -> tuple[Case, ...]:
    """Return every incident and maintenance that was known at `at`, by when it began, then by id."""
    known = private.known(at)
    found = [*_public(incidents, components, known, plan, at), *_private(known, at)]
    return tuple(sorted(found, key=lambda case: (case.began, case.id)))


def counted(all_cases: Iterable[Case]) -> tuple[Case, ...]:
    """Return the incidents that metrics count: no drill, no maintenance, no false alarm, no duplicate."""
    return tuple(case for case in all_cases if case.apart is None)


def _public(
    incidents: Iterable[Incident], components: Components, private: Private, plan: Plan, at: datetime
) -> Iterator[Case]:
    for incident in incidents:
        seen = published(incident, at)
        if seen is None:
            continue
        told, record = course(seen, at), private.incidents.get(seen.id)
        affected = {
            claim.component for claim in told.claims if claim.status is not ComponentStatus.UNDER_MAINTENANCE
        } or {name for update in seen.updates if update.withdrawn is None for name in update.components}
        stated = severity_at(seen.severity, record, at)
        users = record.affected_users.share if record is not None and record.affected_users is not None else None
        standing = [update for update in seen.updates if update.withdrawn is None]
        yield Case(
            id=seen.id,
            title=seen.title,
            severity=stated or suggestion(plan.severity_rules, told.impact, affected, components, users),
            suggested=stated is None,
            impact=told.impact,
            components=tuple(each.id for each in components.components if each.id in affected),
            began=told.started,
            detected=record.detected_at if record is not None else None,
            acknowledged=record.acknowledged_at if record is not None else None,
            mitigated=record.mitigated_at if record is not None else None,
            ended=told.ended,
            lasted=lasted(told, seen, at),
            closed=told.closed,
            first_word=standing[0].at.astimezone(UTC) if standing and not seen.backfilled else None,
            cause=record.cause_category if record is not None else None,
            apart=_apart(seen, record),
            public=seen,
            private=record,
            course=told,
        )


def _private(private: Private, at: datetime) -> Iterator[Case]:
    for record in private.incidents.values():
        began = record.started_at or record.detected_at
        if not record.whole or began is None or began > at:
            continue
        yield Case(
            id=record.id,
            title=record.title,
            severity=severity_at(record.severity, record, at),
            suggested=False,
            impact=None,
            components=(),
            began=began,
            detected=record.detected_at,
            acknowledged=record.acknowledged_at,
            mitigated=record.mitigated_at,
            ended=record.resolved_at,
            lasted=(record.resolved_at or at) - began,
            closed=record.resolved_at,
            first_word=None,
            cause=record.cause_category,
            apart=_apart(None, record),
            public=None,
            private=record,
            course=None,
        )


def _apart(public: Incident | None, private: PrivateIncident | None) -> Apart | None:
    if public is not None and public.kind is Kind.MAINTENANCE:
        return Apart.MAINTENANCE
    if private is not None and private.drill is not None:
        return Apart.DRILL
    if public is not None and all(update.withdrawn is not None for update in public.updates):
        return Apart.FALSE_ALARM
    if private is not None and private.cause_category in (Apart.FALSE_ALARM, Apart.DUPLICATE):
        return Apart(private.cause_category)
    return None
