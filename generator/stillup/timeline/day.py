"""One civil day of one component."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from stillup.records.component import Component
from stillup.timeline.course import Course
from stillup.timeline.state import Segment, segments
from stillup.vocabulary import ComponentStatus


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
    start, end = bounds(first, zone)[0], min(bounds(last, zone)[1], at)
    pieces = _by_day(segments(component, courses, start, end) if start < end else (), edges)
    found = []
    for number, day in enumerate(dates):
        opening, closing = edges[number], min(edges[number + 1], reached)
        if not _is_alive(component, day) or (opening >= reached and edges[number + 1] > reached):
            found.append(Day(date=day, known=False))
        elif number in pieces:
            found.append(_troubled(day, closing - opening, pieces[number], reached))
        else:
            found.append(Day(date=day, seconds=(max(0, closing - opening), 0, 0, 0, 0)))
    return tuple(found)


def _troubled(day: date, length: int, pieces: Sequence[tuple[int, int, Segment]], reached: int) -> Day:
    spent = [length, 0, 0, 0, 0]
    for start, end, segment in pieces:
        spent[segment.status.rank] += end - start
        spent[0] -= end - start
    causes = tuple(dict.fromkeys(cause for _, _, segment in pieces for cause in segment.causes))
    _, end, last = pieces[-1]
    found = Day(date=day, seconds=(spent[0], spent[1], spent[2], spent[3], spent[4]), causes=causes)
    if end == reached and found.worst is last.status:
        return Day(date=day, seconds=found.seconds, causes=causes, ongoing=True)
    return found


def _by_day(found: Iterable[Segment], edges: Sequence[int]) -> dict[int, list[tuple[int, int, Segment]]]:
    """Return the parts of each segment by the number of their day, as seconds since 1970."""
    pieces: dict[int, list[tuple[int, int, Segment]]] = {}
    number, count = 0, len(edges) - 1
    for segment in found:
        start, end = _second(segment.start), _second(segment.end)
        while number < count and edges[number + 1] <= start:
            number += 1
        inside = number
        while inside < count and edges[inside] < end:
            since, until = max(start, edges[inside]), min(end, edges[inside + 1])
            if since < until:
                pieces.setdefault(inside, []).append((since, until, segment))
            inside += 1
    return pieces


def _is_alive(component: Component, day: date) -> bool:
    born = component.since is None or component.since <= day
    return born and (component.until is None or day < component.until)


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    """Return the first instant whose local date is `day` or later."""
    local = datetime.combine(day, time(), zone)
    instant = local.astimezone(UTC)
    if instant.astimezone(zone).time() == time():
        return instant
    early, late = local.replace(fold=1).astimezone(UTC) - timedelta(seconds=1), instant
    while late - early > timedelta(seconds=1):  # The clocks skipped midnight: find the second in which they did.
        middle = early + timedelta(seconds=int((late - early).total_seconds()) // 2)
        early, late = (early, middle) if middle.astimezone(zone).date() >= day else (middle, late)
    return late


def _second(moment: datetime) -> int:
    return int(moment.timestamp())
