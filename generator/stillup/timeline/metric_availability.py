"""How long a component was how bad in a stretch of real time, what that is of its promise, and what caused it.

Half-open intervals and elapsed seconds: a day on which clocks change has 23 or 25 hours. Overlaps count once.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from zoneinfo import ZoneInfo

from stillup.frozen import dataclass
from stillup.records.component import Component
from stillup.timeline.course import Course
from stillup.timeline.day import bounds
from stillup.timeline.state import Segment, segments
from stillup.vocabulary import ComponentStatus

_SECOND = timedelta(seconds=1)
PUBLIC = {ComponentStatus.PARTIAL_OUTAGE: 300, ComponentStatus.MAJOR_OUTAGE: 1000}
"""What a second in a state costs, in thousandths of a second, where nothing else is agreed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Availability:
    """What one stretch of time amounts to. Costs are in thousandths of a second."""

    seconds: int
    """How long the stretch was."""

    cost: int
    """What outages cost in it."""

    spent: Mapping[ComponentStatus, int]
    """Seconds in each state but operational."""

    causes: Mapping[str, int]
    """The cost by incident; where several hold at once, by the one that decides. `monitor` stands for none."""

    @property
    def thousandths(self) -> int | None:
        """100 (1 - cost / time) percent in thousandths of a percent, floored, not below 0; None of no time at all."""
        whole = self.seconds * 1000
        return max(0, 100_000 * (whole - self.cost) // whole) if whole else None

    def budget(self, promised: Decimal) -> int:
        """Return what a promise in percent allows outages to cost, floored."""
        return int(self.seconds * 1000 * (100 - promised) / 100)

    def burn(self, promised: Decimal) -> Decimal | None:
        """Return which share of its error budget was used, 1 being all of it; None where there is no budget."""
        budget = self.budget(promised)
        return (Decimal(self.cost) / budget).quantize(Decimal("0.001")) if budget else None


def available(
    component: Component,
    courses: Iterable[Course],
    zone: str,
    start: datetime,
    end: datetime,
    weights: Mapping[ComponentStatus, int] = PUBLIC,
) -> Availability:
    """Return how a component did from `start` to `end`, as far as it lived then: its days are those of `zone`."""
    if component.since is not None:
        start = max(start, bounds(component.since, ZoneInfo(zone))[0])
    if component.until is not None:
        end = min(end, bounds(component.until, ZoneInfo(zone))[0])
    if end <= start:
        return Availability(seconds=0, cost=0, spent={}, causes={})
    return summed([segments(component, courses, start, end)], start, end, weights)


def summed(
    lanes: Sequence[Sequence[Segment]], start: datetime, end: datetime, weights: Mapping[ComponentStatus, int]
) -> Availability:
    """Return what several components together went through: at each instant the one that costs most counts, once."""
    cost = 0
    spent: dict[ComponentStatus, int] = {}
    causes: dict[str, int] = {}
    edges = sorted({edge for lane in lanes for each in lane for edge in (each.start, each.end)})
    flat = sorted((each for lane in lanes for each in lane), key=lambda each: each.start)
    held: list[Segment] = []
    coming = 0
    for edge, following in pairwise(edges):
        held = [each for each in held if each.end > edge]
        while coming < len(flat) and flat[coming].start <= edge:
            held.append(flat[coming])
            coming += 1
        if not held:
            continue
        worst = max(held, key=lambda each: (weights.get(each.status, 0), each.status.rank))
        length = (following - edge) // _SECOND
        spent[worst.status] = spent.get(worst.status, 0) + length
        if weight := weights.get(worst.status, 0):
            name = worst.causes[0] if worst.causes else "monitor"
            cost += length * weight
            causes[name] = causes.get(name, 0) + length * weight
    return Availability(seconds=(end - start) // _SECOND, cost=cost, spent=spent, causes=causes)
