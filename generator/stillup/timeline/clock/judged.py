"""Which severity a duty is judged by: the one that held when it was done or ran out, not that of today."""

from collections.abc import Callable, Collection, Iterator
from datetime import datetime, timedelta
from typing import Protocol

from stillup.frozen import dataclass
from stillup.records.private.incident import PrivateIncident
from stillup.vocabulary import Severity


class Classed(Protocol):
    """What has a severity that may have changed: the incident of a clock, or that of a metric."""

    @property
    def severity(self) -> Severity | None:
        """That of now."""

    @property
    def detected(self) -> datetime | None:
        """From when duties run; None: nobody knows, and nothing is judged."""

    @property
    def private(self) -> PrivateIncident | None:
        """What says how the severity changed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """A limit that counts, and where it comes from."""

    severity: Severity
    limit: timedelta
    due: datetime
    """The last instant in time: never before the severity held, since nobody could know of it."""


def judged(
    matter: Classed,
    limit_of: Callable[[Severity], timedelta | None],
    at: datetime,
    done: datetime | None = None,
    *,
    start: datetime | None = None,
) -> Judged | None:
    """Return the limit that counts for a duty which was `done`, or is not; None: none does.

    It runs from `start`, or from the detection. `limit_of` says what a severity asks for. What was done under a
    severity, or ran out under it, is judged by that one whatever came after.
    """
    start = start or matter.detected
    if start is None:
        return None
    for severity, since, until in _held(matter, start, at):
        limit = limit_of(severity) if severity is not None else None
        if severity is None or limit is None:
            continue
        due = max(since, start + limit)
        if until is None or due < until or (done is not None and done < until):
            return Judged(severity=severity, limit=limit, due=due)
    return None


def while_one_of(matter: Classed, severities: Collection[Severity], moment: datetime, at: datetime) -> datetime | None:
    """Return the first instant from `moment` on at which one of `severities` held; None where none did."""
    if matter.detected is None:
        return None
    for severity, since, until in _held(matter, matter.detected, at):
        if severity in severities and (until is None or moment < until):
            return max(since, moment)
    return None


def _held(
    matter: Classed, since: datetime, at: datetime
) -> Iterator[tuple[Severity | None, datetime, datetime | None]]:
    """Yield each severity from `since` on with the time from which and until which it held; the last one has no end."""
    for change in matter.private.reclassified if matter.private is not None else ():
        if change.at <= at:
            yield change.was, since, change.at
            since = change.at
    yield matter.severity, since, None
