"""In which state a component was, and why: incidents beat maintenance, maintenance beats monitors."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import NamedTuple

from stillup.frozen import dataclass
from stillup.records.component import Component
from stillup.timeline.course import Course
from stillup.vocabulary import ComponentStatus, Kind

_BEGINNING = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """A half-open span in which one component is in one state, other than operational, for the same causes."""

    start: datetime
    end: datetime
    status: ComponentStatus
    causes: tuple[str, ...] = ()
    """Ids of all incidents and maintenances that hold it, those that decide first; empty where a monitor tells it."""

    monitor: bool = False
    """Whether only the component's own `states` tell it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Now:
    """A component's state at an instant."""

    status: ComponentStatus
    since: datetime | None = None
    """Since when it is in this state without a break; None while operational, or where nobody knows."""

    cause: str | None = None
    """The incident or maintenance that decides; None where a monitor or the component's `status` tells it."""


class _Span(NamedTuple):
    start: datetime
    end: datetime
    tier: int
    """2 for an incident, 1 for a maintenance, 0 for a monitor."""
    status: ComponentStatus
    cause: str
    began: datetime
    """When the claim itself began: `start` is not before what is asked about, and causes come in one order always."""


def by_component(courses: Iterable[Course]) -> dict[str, list[Course]]:
    """Return the courses that hold each component, so that a page does not search a whole history for every one."""
    found: dict[str, list[Course]] = {}
    for course in courses:
        for component in {claim.component for claim in course.claims}:
            found.setdefault(component, []).append(course)
    return found


def segments(component: Component, courses: Iterable[Course], start: datetime, end: datetime) -> tuple[Segment, ...]:
    """Return where in `start`..`end` the component was not operational, in order and without overlaps."""
    start, end = start.astimezone(UTC), end.astimezone(UTC)
    spans = sorted([*_claimed(component.id, courses, start, end), *_observed(component, start, end)])
    found: list[Segment] = []
    first = 0
    while first < len(spans):
        reach, beyond = spans[first].end, first + 1
        while beyond < len(spans) and spans[beyond].start < reach:
            reach, beyond = max(reach, spans[beyond].end), beyond + 1
        found += _resolved(spans[first:beyond])
        first = beyond
    return tuple(_merged(found))


def now(component: Component, courses: Iterable[Course], at: datetime) -> Now:
    """Return the component's state at `at`; `status`, the state since an unknown time, stands beside its monitors."""
    at = at.astimezone(UTC)
    held = [
        course
        for course in courses
        if any(
            claim.component == component.id and claim.start <= at and _later(claim.end, at) for claim in course.claims
        )
    ]
    observed = any(True for _ in _observed(component, at, at + timedelta(seconds=1)))
    unknown = component.status or ComponentStatus.OPERATIONAL
    if not held and not observed:
        return Now(status=unknown)
    past = segments(component, courses, _BEGINNING, at + timedelta(seconds=1))
    last = past[-1]
    if last.monitor and unknown.rank > last.status.rank:
        return Now(status=unknown)
    since = last.start
    for earlier in reversed(past[:-1]):
        if earlier.end != since or earlier.status is not last.status:
            break
        since = earlier.start
    return Now(status=last.status, since=since, cause=last.causes[0] if last.causes else None)


def _later(end: datetime | None, at: datetime) -> bool:
    return end is None or end > at


def _claimed(component: str, courses: Iterable[Course], start: datetime, end: datetime) -> Iterator[_Span]:
    for course in courses:
        tier = 1 if course.kind is Kind.MAINTENANCE else 2
        for claim in course.claims:
            if claim.component == component and claim.start < end and _later(claim.end, start):
                until = end if claim.end is None else min(claim.end, end)
                yield _Span(max(claim.start, start), until, tier, claim.status, course.id, claim.start)


def _observed(component: Component, start: datetime, end: datetime) -> Iterator[_Span]:
    for number, change in enumerate(component.states):
        following = component.states[number + 1 : number + 2]
        since = max(change.at.astimezone(UTC), start)
        until = min(following[0].at.astimezone(UTC), end) if following else end
        if change.status.rank and since < until:
            yield _Span(since, until, 0, change.status, "", since)


def _resolved(spans: Sequence[_Span]) -> list[Segment]:
    """Divide spans that touch each other into segments."""
    if len(spans) == 1:
        return [_segment(spans[0].start, spans[0].end, spans)]
    found = []
    held: list[_Span] = []
    coming = 0
    for edge, following in pairwise(sorted({span.start for span in spans} | {span.end for span in spans})):
        held = [span for span in held if span.end > edge]
        while coming < len(spans) and spans[coming].start == edge:
            held.append(spans[coming])
            coming += 1
        found.append(_segment(edge, following, held))
    return found


def _segment(start: datetime, end: datetime, held: Sequence[_Span]) -> Segment:
    first = held[0]
    causes: tuple[str, ...] = (first.cause,) if first.tier else ()
    if len(held) > 1:
        ranked = sorted(held, key=lambda span: (-span.tier, -span.status.rank, span.began, span.cause))
        first = ranked[0]
        causes = tuple(dict.fromkeys(span.cause for span in ranked if span.tier))
    return Segment(start=start, end=end, status=first.status, causes=causes, monitor=not first.tier)


def _merged(found: Iterable[Segment]) -> Iterator[Segment]:
    last: Segment | None = None
    for segment in found:
        if last is not None and last.end == segment.start and _same(last, segment):
            last = Segment(
                start=last.start, end=segment.end, status=last.status, causes=last.causes, monitor=last.monitor
            )
            continue
        if last is not None:
            yield last
        last = segment
    if last is not None:
        yield last


def _same(one: Segment, other: Segment) -> bool:
    return one.status is other.status and one.causes == other.causes
