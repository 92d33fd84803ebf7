"""Windows of maintenance that take place at the same time on the same component: mostly nobody meant that."""

from collections.abc import Callable
from datetime import datetime
from itertools import combinations
from pathlib import Path

from stillup.errors import Level, Problem
from stillup.frozen import dataclass
from stillup.records.folder import contents
from stillup.records.incident import Incident
from stillup.records.index import Index
from stillup.records.moment import utc
from stillup.records.reading import read
from stillup.timeline.course import Course, Occurrence
from stillup.timeline.keeping import from_text
from stillup.vocabulary import Kind


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """A maintenance that is not over."""

    path: str
    """Of its file."""

    record: Incident
    course: Course

    def windows(self, at: datetime) -> tuple[Occurrence, ...]:
        """Return its windows that are still to come, or go on."""
        return tuple(each for each in self.course.occurrences if not each.status.closes and each.end > at)

    def components(self) -> frozenset[str]:
        """Return the ids of what it holds."""
        return frozenset(id for update in self.record.updates if not update.withdrawn for id in update.components)


def overlaps(root: Path, index: Index, record: Callable[[str], Incident], at: datetime) -> list[Problem]:
    """Return a warning for each two maintenances of `index` that hold one component at one time.

    It stands at the one that begins later.
    Windows are half-open: one that begins when another ends does not overlap it.
    """
    planned = [
        Planned(path=story.path, record=record(story.id), course=from_text(story.course))
        for story in index.opened()
        if story.kind == Kind.MAINTENANCE
    ]
    found = []
    for one, other in combinations(sorted(planned, key=lambda each: (each.course.started, each.record.id)), 2):
        both = sorted(one.components() & other.components())
        if not both:
            continue
        pairs = [(a, b) for a in one.windows(at) for b in other.windows(at) if a.start < b.end and b.start < a.end]
        if pairs:
            _, window = min(pairs, key=lambda pair: pair[1].start)
            found.append(_warning(root, one, other, window, both))
    return found


def _warning(root: Path, one: Planned, other: Planned, window: Occurrence, both: list[str]) -> Problem:
    message = (
        f"The window from {utc(window.start)} to {utc(window.end)} overlaps one of {one.record.id}, "
        f"and both hold {', '.join(both)}."
    )
    fix = "Move one of the two, or make them one record."
    data, problem = contents(root, other.path)
    document = None if problem else read(data, other.path)[0]
    if document is None:
        return Problem(file=other.path, code="overlap", level=Level.WARNING, message=message, fix=fix)
    return document.problem(("scheduled",), message, fix, code="overlap", level=Level.WARNING, at_key=True)
