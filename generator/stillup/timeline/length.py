"""How long an incident or a maintenance took: the time between a resolution and a reopening is no part of it."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from itertools import pairwise

from stillup.records.incident import Incident
from stillup.timeline.course import Claim, Course
from stillup.vocabulary import Kind


def length(course: Course, parts: int) -> int:
    """Return how many seconds it took, without the time between its `parts`; 0 while it is open."""
    if course.ended is None:
        return 0
    if course.kind is Kind.MAINTENANCE:
        ran = [(each.began, each.ended) for each in course.occurrences if each.began and each.ended]
        return sum([int((ended - began).total_seconds()) for began, ended in ran])
    return _suffered(course, parts, course.ended)


def lasted(course: Course, incident: Incident, at: datetime) -> timedelta:
    """Return how long customers noticed an incident, up to `at` where it is open: as its page says it."""
    return timedelta(seconds=_suffered(course, _parts(incident), course.ended or at))


def at_worst(course: Course) -> int:
    """Return for how many seconds of a closed incident its worst state held."""
    if course.ended is None:
        return 0
    return held_for([claim for claim in course.claims if claim.status is course.worst], course.ended)


def held_for(claims: Iterable[Claim], ended: datetime) -> int:
    """Return how many seconds any of `claims` held; they come by start."""
    held, reached = timedelta(0), None
    for claim in claims:
        until = claim.end or ended
        since = claim.start if reached is None else max(claim.start, reached)
        if until > since:
            held, reached = held + (until - since), until
    return int(held.total_seconds())


def _suffered(course: Course, parts: int, ended: datetime) -> int:
    if parts > 1 and course.claims:
        return held_for(course.claims, ended)
    return max(0, int((ended - course.started).total_seconds()))


def _parts(incident: Incident) -> int:
    """Return how often an incident began: once, and again with each update that reopens it."""
    told = [update for update in incident.updates if update.withdrawn is None]
    return 1 + sum(update.status.closes and not following.status.closes for update, following in pairwise(told))
