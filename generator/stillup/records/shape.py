"""Written values onto frozen types through pydantic's engine.

A faulty value does not hide the others: it is left out and the rest is taken, so that contradictions show as well.
"""

from typing import Any, Generic, TypeVar

from pydantic_core import ErrorDetails, ValidationError

from stillup.errors import Problem
from stillup.frozen import dataclass
from stillup.records import fault
from stillup.records.document import Document, Loc
from stillup.records.reading import MANY
from stillup.records.validation import validator
from stillup.vocabulary import Kind

Shape = TypeVar("Shape")


@dataclass(frozen=True, slots=True)
class Shaped(Generic[Shape]):
    """What could be taken of a written value."""

    value: Shape | None
    """None where a required part is missing or faulty."""

    problems: tuple[Problem, ...] = ()
    lost: frozenset[Loc] = frozenset()
    """Where something was written that could not be taken."""


def shaped(
    document: Document, shape: type[Shape], written: object, loc: Loc = (), kind: Kind = Kind.INCIDENT
) -> Shaped[Shape]:
    """Return `written`, which stands at `loc` of `document`, as a `shape`; every fault becomes a problem.

    `kind` is the kind of the record around it: it decides which states an update may have.
    """
    try:
        if not document.empty and not document.refused:
            return Shaped(validator(shape).validate_python(written))
    except ValidationError:
        pass  # said in full below
    return _salvaged(document, shape, written, loc, kind)


def _salvaged(document: Document, shape: type[Shape], written: object, loc: Loc, kind: Kind) -> Shaped[Shape]:
    """Return what can be taken of a value with faults, round by round without those of the round before."""
    problems: list[Problem] = []
    lost: set[Loc] = set()
    first = _findings(shape, written)
    if len(first) + len(document.empty) > MANY:
        message, fix = "This has more faults than can be told in one run.", "Mend the first, then check again."
        problems = [_one(document, shape, loc, found, kind) for found in first[:10]]
        return Shaped(None, (*problems, document.problem(loc, message, fix, code="many")), frozenset({loc}))
    for found in first:
        if found["type"] == fault.UNKNOWN:
            path = _path(found)
            problem, meant = fault.unknown(document, shape, loc, path)
            problems.append(problem)
            lost.add(loc + path)
            if meant and document.at(near := (*loc, *path[:-1], meant)) is None:
                lost.add(near)
    for place in document.empty:
        path = place[len(loc) :]
        if place[: len(loc)] == loc and "source" not in path[:-1] and not _covers(lost, place):
            lost.add(place)
            fix = "Write one." if fault.is_required(shape, path) else "Write one, or leave the line out."
            problems.append(document.problem(place, "There is no value here.", fix, code="empty"))
    lost.update(place for place in document.refused if place[: len(loc)] == loc)
    for place in lost:
        written = _without(written, place[len(loc) :], keep_entries=True)
    while findings := _findings(shape, written):
        before, known, around = written, frozenset(lost), set[Loc]()
        for found in findings:
            path = _path(found)
            place = loc + path
            if found["type"] == "too_short" and found["input"]:
                continue  # what the list had was faulty, which is said
            # What is missing because something below it was left out is no fault of its own.
            if not _covers(lost, place) and not any(one[: len(place)] == place for one in known):
                problems.append(fault.told(document, shape, place, path, found, kind))
                lost.add(place)
            if found["type"] == "missing":
                path = path[:-1]
                around.update([loc + path] if path else [])
            written = _without(written, path)
        lost |= around  # its other parts had their faults said first
        if written is before or written is None:
            return Shaped(None, tuple(problems), frozenset(lost))
    return Shaped(validator(shape).validate_python(written), tuple(problems), frozenset(lost))


def _one(document: Document, shape: type, loc: Loc, found: ErrorDetails, kind: Kind) -> Problem:
    path = _path(found)
    if found["type"] == fault.UNKNOWN:
        return fault.unknown(document, shape, loc, path)[0]
    return fault.told(document, shape, loc + path, path, found, kind)


def _findings(shape: type, written: object) -> list[ErrorDetails]:
    """Return everything that pydantic finds."""
    try:
        validator(shape).validate_python(written)
    except ValidationError as error:
        return error.errors(include_url=False)
    return []


def _path(found: ErrorDetails) -> Loc:
    return tuple(part for part in found["loc"] if part != "[key]")


def _covers(lost: set[Loc], place: Loc) -> bool:
    """Whether something was already said of `place` or of what it stands in."""
    return any(place[:length] in lost for length in range(len(place) + 1))


def _without(written: Any, path: Loc, *, keep_entries: bool = False) -> Any:
    """Return a copy of `written` without what stands at `path`; None when nothing is left.

    An entry takes its list along, because the others would change their places; `keep_entries` leaves None instead.
    """
    if not path:
        return None
    part, rest = path[0], path[1:]
    if isinstance(written, dict) and part in written:
        inner = _without(written[part], rest, keep_entries=keep_entries)
        kept = {key: value for key, value in written.items() if key != part}
        return kept if inner is None else {**kept, part: inner}
    if isinstance(written, list) and isinstance(part, int) and part < len(written):
        inner = _without(written[part], rest, keep_entries=keep_entries)
        return None if inner is None and not keep_entries else [*written[:part], inner, *written[part + 1 :]]
    return written
