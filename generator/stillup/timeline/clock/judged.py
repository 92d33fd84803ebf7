"""Which severity a duty is judged by: the one that held when it was done or ran out, not that of today."""

from collections.abc import Callable, Collection, Iterator
from datetime import datetime, timedelta

from stillup.frozen import dataclass
from stillup.timeline.clock.matter import Matter
from stillup.vocabulary import Severity


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """A limit that counts, and where it comes from."""

    severity: Severity
    limit: timedelta
    due: datetime
    """The last instant in time: never before the severity held, since nobody could know of it."""


def judged(
    matter: Matter, limit_of: Callable[[Severity], timedelta | None], at: datetime, done: datetime | None = None
) -> Judged | None:
    """Return the limit from the detection on that counts for a duty which was `done`, or is not; None: none does.

    `limit_of` says what a severity asks for. What was done under a severity, or ran out under it, is judged by that
    one whatever came after.
    """
    for severity, since, until in _held(matter, at):
        limit = limit_of(severity) if severity is not None else None
        if severity is None or limit is None:
            continue
        due = max(since, matter.detected + limit)
        if until is None or due < until or (done is not None and done < until):
            return Judged(severity=severity, limit=limit, due=due)
    return None


def while_one_of(matter: Matter, severities: Collection[Severity], moment: datetime, at: datetime) -> datetime | None:
    """Return the first instant from `moment` on at which one of `severities` held; None where none did."""
    for severity, since, until in _held(matter, at):
        if severity in severities and (until is None or moment < until):
            return max(since, moment)
    return None


def _held(matter: Matter, at: datetime) -> Iterator[tuple[Severity | None, datetime, datetime | None]]:
    """Yield each severity so far with the time from which and until which it held; the last one has no end."""
    since = matter.detected
    for change in matter.private.reclassified if matter.private is not None else ():
        if change.at <= at:
            yield change.was, since, change.at
            since = change.at
    yield matter.severity, since, None
