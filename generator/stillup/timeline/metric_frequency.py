"""How often incidents come, and how often the same one comes again."""

from collections import Counter
from collections.abc import Iterable
from datetime import timedelta

from stillup.frozen import dataclass
from stillup.timeline.metric_case import Case

WITHIN = timedelta(days=30)
"""A component that fails again of the same cause so soon is a repeat."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Repeat:
    """An incident that came again."""

    id: str
    earlier: str
    """The newest incident before it with the same cause on one of the same components."""

    cause: str


def repeats(cases: Iterable[Case], history: Iterable[Case]) -> tuple[Repeat, ...]:
    """Return which of `cases` repeat one of `history` that began up to 30 days before; both in order of beginning."""
    found = []
    known = [case for case in history if case.cause is not None]
    for case in cases:
        if case.cause is None:
            continue
        for earlier in reversed(known):
            same = earlier.cause == case.cause and (
                not {*earlier.components}.isdisjoint(case.components) or earlier.components == case.components
            )
            if (earlier.began, earlier.id) < (case.began, case.id) and case.began - earlier.began <= WITHIN and same:
                found.append(Repeat(id=case.id, earlier=earlier.id, cause=case.cause))
                break
    return tuple(found)


def causes(cases: Iterable[Case]) -> tuple[tuple[str, int], ...]:
    """Return the classes of cause with how many incidents had them, most first; those without one are left out."""
    return ranked(Counter(case.cause for case in cases if case.cause is not None))


def by_component(cases: Iterable[Case]) -> Counter[str]:
    """Return how many incidents affected each component."""
    return Counter(component for case in cases for component in case.components)


def ranked(counter: "Counter[str]") -> tuple[tuple[str, int], ...]:
    """Return what was counted, most first, then by name."""
    return tuple(sorted(counter.items(), key=lambda pair: (-pair[1], pair[0])))
