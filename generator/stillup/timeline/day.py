"""One civil day of one component."""

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from stillup.frozen import dataclass
from stillup.records.component import Component
from stillup.timeline.course import Course
from stillup.timeline.state import Segment, segments
from stillup.vocabulary import ComponentStatus

_SECOND = timedelta(seconds=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """What a component went through on one civil day of the page's zone, up to `at`."""

    date: date
    known: bool = True
    """False before the component's `since`, from its `until` on, and after `at`: nothing is drawn or counted."""

    seconds: tuple[int, int, int, int, int] = (0, 0, 0, 0, 0)
    """Seconds spent in each state, in the order of `ComponentStatus`."""

    causes: tuple[str, ...] = ()
    """Ids of the incidents and maintenances behind it, in order of their first second that day."""

    ongoing: bool = False
    """Whether it is the day of `at` and its worst state still holds then."""

    @property
    def worst(self) -> ComponentStatus:
        """The worst state of the day; operational where it was never in another."""
        for status in reversed(ComponentStatus):
            if self.seconds[status.rank]:
                return status
        return ComponentStatus.OPERATIONAL

    @property
    def partial(self) -> int:
        """Seconds of partial outage."""
        return self.seconds[ComponentStatus.PARTIAL_OUTAGE.rank]

    @property
    def major(self) -> int:
        """Seconds of major outage."""
        return self.seconds[ComponentStatus.MAJOR_OUTAGE.rank]


@lru_cache(maxsize=8192)
def bounds(day: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """Return the first instant of a civil day and that of the next, in UTC: 23, 24, 25 hours apart, or otherwise."""
    return _midnight(day, zone), _midnight(day + timedelta(days=1), zone)


def days(
    component: Component, courses: Iterable[Course], zone: ZoneInfo, first: date, last: date, at: datetime
) -> tuple[Day, ...]:
    """Return every civil day from `first` to `last`, counted up to `at`. `courses` may be those of the whole page."""
    if last < first:
        return ()
    dates = [first + timedelta(days=number) for number in range((last - first).days + 1)]
    edges = [_second(bounds(day, zone)[0]) for day in dates]
    edges.append(_second(bounds(last, zone)[1]))
    reached = _second(at)
    instant = datetime.fromtimestamp(reached, UTC)
    seen = segments(component, courses, bounds(first, zone)[0], min(bounds(last, zone)[1], instant + _SECOND))
    held = seen[-1].status if seen and _second(seen[-1].end) > reached else None
    pieces = _by_day(seen, edges, reached)
    found = []
    for number, day in enumerate(dates):
        opening, closing = edges[number], min(edges[number + 1], reached)
        if opening > reached or not component.lives_on(day):
            found.append(Day(date=day, known=False))
        elif number in pieces:
            now = held if reached < edges[number + 1] else None
            found.append(_troubled(day, closing - opening, pieces[number], now))
        else:
            found.append(Day(date=day, seconds=(max(0, closing - opening), 0, 0, 0, 0)))
    return tuple(found)


def _troubled(day: date, length: int, pieces: Sequence[tuple[int, Segment]], now: ComponentStatus | None) -> Day:
    spent = [0] * len(ComponentStatus)
    for seconds, segment in pieces:
        spent[segment.status.rank] += seconds
    worst = max((segment.status for _, segment in pieces), key=lambda status: status.rank)
    return Day(
        date=day,
        seconds=(length - sum(spent), spent[1], spent[2], spent[3], spent[4]),
        causes=tuple(dict.fromkeys(cause for _, segment in pieces for cause in segment.causes)),
        ongoing=worst is now,
    )


def _by_day(seen: Iterable[Segment], edges: Sequence[int], reached: int) -> dict[int, list[tuple[int, Segment]]]:
    """Return how many seconds of which segments fall on each day, by the day's number."""
    pieces: dict[int, list[tuple[int, Segment]]] = {}
    number = 0
    for segment in seen:
        start, end = _second(segment.start), min(_second(segment.end), reached)
        while edges[number + 1] <= start:
            number += 1
        inside = number
        while start < end:
            until = min(end, edges[inside + 1])
            if start < until:
                pieces.setdefault(inside, []).append((until - start, segment))
                start = until
            inside += 1
    return pieces


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    """Return the first instant whose local date is `day` or later."""
    local = datetime.combine(day, time(), zone)
    instant = local.astimezone(UTC)
    if instant.astimezone(zone).time() == time():
        return instant
    early, late = local.replace(fold=1).astimezone(UTC) - timedelta(seconds=1), instant
    while late - early > _SECOND:  # The clocks skipped midnight: find the second in which they did.
        middle = early + timedelta(seconds=int((late - early).total_seconds()) // 2)
        early, late = (early, middle) if middle.astimezone(zone).date() >= day else (middle, late)
    return late


def _second(moment: datetime) -> int:
    return int(moment.timestamp())
