"""What clocks need to know of one incident: its public and its private part, as far as both were known by then."""

from collections.abc import Iterable
from datetime import UTC, datetime
from decimal import Decimal

from stillup.frozen import dataclass
from stillup.records.incident import Incident
from stillup.records.inventory import Components
from stillup.records.plan import Plan, SeverityRule
from stillup.records.private.incident import PrivateIncident
from stillup.timeline.course import course
from stillup.timeline.publication import published
from stillup.vocabulary import ComponentStatus, Impact, Kind, Severity, UpdateStatus

NONE = ("false-alarm", "duplicate")
"""The classes of cause of what was no incident of its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Matter:
    """One incident at an instant. Times are in UTC."""

    id: str
    severity: Severity | None
    suggested: bool
    """Whether no record states the severity: then the rules suggest it."""

    detected: datetime
    """When it was noticed: by the private record, else when it began."""

    began: datetime
    """When customers began to notice."""

    closed: datetime | None
    """When it was over; None while it is open."""

    recovered: datetime | None
    """When customers stopped noticing; None where that is not known yet."""

    status: UpdateStatus | None
    """Of the newest public update; None where the whole incident is private."""

    reached: tuple[tuple[datetime, int], ...]
    """From when on how many groups of components are affected, a component without a group counting for itself."""

    public: Incident | None
    """As far as it is public."""

    private: PrivateIncident | None

    @property
    def real(self) -> bool:
        """Whether it was an incident: not withdrawn as a whole, no false alarm and no duplicate of another one."""
        told = self.public.updates if self.public is not None else ()
        if told and all(update.withdrawn is not None for update in told):
            return False
        return self.private is None or self.private.cause_category not in NONE

    @property
    def answered(self) -> datetime | None:
        """When the work began: as the private record says, else with the first public word after the detection."""
        if self.private is not None and self.private.responded_at is not None:
            return self.private.responded_at
        told = self.public.updates if self.public is not None else ()
        return next((update.at for update in told if update.withdrawn is None and update.at >= self.detected), None)


def matter(
    public: Incident | None, private: PrivateIncident | None, components: Components, plan: Plan, at: datetime
) -> Matter | None:
    """Return what is known at `at` of an incident, or None where it is none: nothing known yet, no real one, old news.

    `private` holds nothing that is later than `at`.
    """
    at = at.astimezone(UTC)
    seen = published(public, at) if public is not None else None
    if seen is not None and (seen.kind is not Kind.INCIDENT or seen.backfilled):
        return None
    if private is not None and private.drill is not None:
        return None
    if seen is None:
        return _unseen(public, private, at) if private is not None else None
    told = course(seen, at)
    detected = private.detected_at if private is not None and private.detected_at is not None else told.started
    stated = severity_at(seen.severity, private, at)
    share = private.affected_users.share if private is not None and private.affected_users is not None else None
    affected = {claim.component for claim in told.claims}

    return Matter(
        id=seen.id,
        severity=stated or suggestion(plan.severity_rules, told.impact, affected, components, share),
        suggested=stated is None,
        detected=detected,
        began=told.started,
        closed=told.closed,
        recovered=told.ended,
        status=told.status,
        reached=tuple(_reached(seen, components)),
        public=seen,
        private=private,
    )


def suggestion(
    rules: Iterable[SeverityRule],
    impact: Impact,
    affected: Iterable[str],
    components: Components,
    share: Decimal | None = None,
) -> Severity | None:
    """Return the severity that the first fitting rule suggests, or None.

    `affected` are ids of components, `share` is that of users in percent, None where nobody knows.
    """
    affected = set(affected)
    names = affected | {f"group:{components.by_id[id].group}" for id in affected if id in components.by_id}
    for rule in rules:
        if rule.impact is not None and impact.rank < rule.impact.rank:
            continue
        if rule.components and names.isdisjoint(rule.components):
            continue
        if rule.users is not None and (share is None or share < rule.users):
            continue
        return rule.severity
    return None


def _unseen(public: Incident | None, private: PrivateIncident, at: datetime) -> Matter | None:
    """Return what is known of an incident of which nothing is public: by intention, or not yet."""
    started = private.started_at or (public.started_at if public is not None else None)
    detected = private.detected_at or started
    if detected is None or detected > at or (public is not None and public.kind is not Kind.INCIDENT):
        return None
    return Matter(
        id=private.id,
        severity=severity_at(private.severity or (public.severity if public is not None else None), private, at),
        suggested=False,
        detected=detected,
        began=started or detected,
        closed=private.resolved_at,
        recovered=private.resolved_at,
        status=None,
        reached=(),
        public=None,
        private=private,
    )


def severity_at(stated: Severity | None, private: PrivateIncident | None, at: datetime) -> Severity | None:
    """Return the severity at `at`: `stated` is that of today, which came about step by step."""
    if private is None or not private.reclassified:
        return stated
    return next(
        (each.severity for each in reversed(private.reclassified) if each.at <= at), private.reclassified[0].was
    )


def _reached(public: Incident, components: Components) -> Iterable[tuple[datetime, int]]:
    groups: set[str] = set()
    for update in public.updates:
        if update.withdrawn is not None:
            continue
        for id, status in update.components.items():
            if status not in {ComponentStatus.OPERATIONAL, ComponentStatus.UNDER_MAINTENANCE}:
                known = components.by_id.get(id)
                groups.add(known.group if known is not None and known.group is not None else f"component:{id}")
        yield update.at, len(groups)
