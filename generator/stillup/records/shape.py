"""Written values onto frozen types through pydantic, and pydantic's findings in our words.

A faulty value does not hide the others: it is left out and the rest is taken, so that contradictions show as well.
"""

import re
from collections.abc import Iterator
from dataclasses import MISSING, dataclass, fields, is_dataclass
from typing import Any, Generic, TypeVar, get_args, get_type_hints

from pydantic_core import ValidationError

from stillup.errors import Problem
from stillup.records.document import Document, Loc
from stillup.records.field import key
from stillup.records.refusal import Unusable, choice, listed, nearest, shown
from stillup.records.validation import validator
from stillup.vocabulary import STATUSES_OF, ComponentStatus, Impact, Kind, Severity, Show, UpdateStatus, UptimeShown

Shape = TypeVar("Shape")

PRIVATE = frozenset(
    """internal private detected_at detected_by acknowledged_at mitigated_at commander responders channel timeline
    root_cause cause_category affected_users complaints media costs security personal_data regulatory
    legal_approved action_items recovered drill immediate contributing root""".split()
)
"""Fields of private records: in a public one they are refused with the place to put them."""

_ENUMS: dict[str, tuple[str, type]] = {
    str([word.value for word in enum]): (what, enum)
    for enum, what in (
        (ComponentStatus, "a component status"),
        (UpdateStatus, "the status of an update"),
        (Impact, "an impact"),
        (Severity, "a severity"),
        (Kind, "a kind of record"),
        (Show, "a way to show a component"),
        (UptimeShown, "a way to show uptime"),
    )
}


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
    lost: set[Loc] = {place for place in document.refused if place[: len(loc)] == loc}
    for place in document.empty:
        path = place[len(loc) :]
        if place[: len(loc)] == loc and "source" not in path[:-1]:
            lost.add(place)
            fix = "Write one." if _required(shape, path) else "Write one, or leave the line out."
            problems.append(document.problem(place, "There is no value here.", fix, code="empty"))
    for place in lost:
        written = _without(written, place[len(loc) :], keep_entries=True)
    while True:
        try:
            return Shaped(validator(shape).validate_python(written), tuple(problems), frozenset(lost))
        except ValidationError as error:
            before, known = written, frozenset(lost)
            # Unknown keys first: one that is misspelt explains one that is missing.
            for found in sorted(error.errors(include_url=False), key=lambda one: one["type"] != _UNKNOWN):
                path = tuple(part for part in found["loc"] if part != "[key]")
                place = loc + path
                if found["type"] == "too_short" and found["input"]:
                    continue  # what the list had was faulty, which is said
                told = place in lost or any(place[: len(one)] == one or one[: len(place)] == place for one in known)
                if not told:
                    problem, meant = _told(document, shape, place, path, dict(found), kind)
                    problems.append(problem)
                    lost.update({place, *([(*place[:-1], meant)] if meant else [])})
                if found["type"] == "missing":
                    path = path[:-1]
                    lost.update([loc + path] if path else [])
                written = _without(written, path)
            if written is before or written is None:
                return Shaped(None, tuple(problems), frozenset(lost))


def _told(
    document: Document, shape: type, place: Loc, path: Loc, found: dict[str, Any], kind: Kind
) -> tuple[Problem, str]:
    """Return pydantic's finding as a problem, and the key that an unknown one was probably meant to be."""
    given, error = found["input"], found.get("ctx", {}).get("error")
    match found["type"]:
        case kind_of_fault if kind_of_fault == _UNKNOWN:
            known = tuple(_keys(shape, path[:-1]))
            word = str(path[-1])
            if word in PRIVATE:
                fix = f"Move it to {_private_place(document.file)}."
                return document.problem(
                    place, "This is an internal fact, and this file is public.", fix, code="private", at_key=True
                ), ""
            if word == "id":
                message, fix = "The name of the file is the id.", "Leave it out, or rename the file."
                return document.problem(place, message, fix, code="unknown-key", at_key=True), ""
            message = f"{shown(word)} is not a key of {_name(shape, path[:-1])}."
            near = nearest(word, known)
            fix = f"Did you mean {near}?" if near else choice(word, known) or "Leave it out."
            return document.problem(place, message, fix, code="unknown-key", at_key=True), near
        case "missing":
            example = _EXAMPLES.get(str(path[-1]), "...")
            return document.problem(place, "This key is missing.", f"Write {path[-1]}: {example}.", code="missing"), ""
        case "value_error" if isinstance(error, Unusable):
            return document.problem(
                place, error.message, error.fix, code=error.code, at_key="[key]" in found["loc"]
            ), ""
        case "enum":
            message, fix = _enum(found, kind)
            return document.problem(place, message, fix, code="word"), ""
        case _:
            message, fix = _typed(found["type"], given, found.get("ctx", {}), _required(shape, path))
            return document.problem(place, message, fix, code="type"), ""


def _private_place(file: str) -> str:
    """Return where internal facts about the record in `file` belong."""
    parts = file.removesuffix(".yml").split("/")
    if parts[0] != "incidents":
        return "a file below private/"
    stem = parts[-3] if parts[-2] == "updates" else parts[-1]
    return f"private/incidents/{stem}.yml"


def _enum(found: dict[str, Any], kind: Kind) -> tuple[str, str]:
    words = re.findall("'([^']*)'", found["ctx"]["expected"])
    what, enum = _ENUMS.get(str(words), ("one of the words that can stand here", str))
    if enum is UpdateStatus:
        words = [status.value for status in STATUSES_OF[kind]]
        what = f"{'an' if kind is Kind.INCIDENT else 'a'} {kind} status"
    given = found["input"]
    return f"{shown(given)} is not {what}.", choice(given, words) if isinstance(given, str) else f"Use {listed(words)}."


def _typed(kind: str, given: object, context: dict[str, Any], needed: bool) -> tuple[str, str]:
    match kind:
        case "string_type" if not isinstance(given, (dict, list)):
            return f"{shown(given)} is not read as text.", f'Quote it: "{shown(given)}".'
        case "string_type":
            return f"{shown(given)} stands where a text belongs.", "Write a text."
        case "string_too_short":
            return "The text is empty.", "Write the text." if needed else "Write the text, or leave the line out."
        case "string_too_long":
            return f"The text has {len(str(given))} characters; {context['max_length']} are possible.", "Shorten it."
        case "string_pattern_mismatch":
            return "The text has several lines.", "Write it on one line."
        case "bool_type":
            return f"{shown(given)} is neither true nor false.", "Write true or false."
        case "int_type" | "int_from_float":
            return f"{shown(given)} is not a whole number.", "Write a whole number."
        case "greater_than_equal":
            return f"{given} is too small.", f"Write at least {context['ge']}."
        case "less_than_equal":
            return f"{given} is too large.", f"Write at most {context['le']}."
        case "too_short":
            return "The list is empty.", "Write at least one entry."
        case "list_type" | "tuple_type":
            return f"{shown(given)} stands where a list belongs.", "Begin each entry with a dash, or write [one, two]."
        case "mapping_type" | "dict_type" | "dataclass_type":
            return f"{shown(given)} stands where keys and values belong.", "Write key: value."
    raise AssertionError(f"no words for pydantic's {kind}")


_UNKNOWN = "unexpected_keyword_argument"
_EXAMPLES = {
    "title": "and what customers notice",
    "updates": "and at least one update below it",
    "at": "2026-11-20T10:12:00Z",
    "start": "2026-11-20T10:12:00Z",
    "end": "2026-11-20T11:12:00Z",
    "status": "and a status",
    "body": "and the text for customers",
    "reason": "and why",
    "name": "and the name customers know",
    "id": "and its id",
}
_NAMES = {
    "WrittenIncident": "an incident",
    "WrittenUpdate": "an update",
    "WrittenSchedule": "a schedule",
    "Move": "a move",
    "Withdrawal": "a withdrawal",
    "Postmortem": "a postmortem",
    "WrittenComponent": "a component",
    "StateChange": "a state",
    "WrittenGroup": "a group",
    "WrittenSettings": "the settings",
    "Support": "the settings of support",
    "Weights": "the settings of uptime",
}


def _dataclass_at(shape: type, path: Loc) -> type:
    """Return the dataclass that `path` leads to from `shape`."""
    for part in path:
        if isinstance(part, int):
            continue
        names = dict(_hints(shape))
        inner = [kind for kind in _leaves(names.get(part)) if is_dataclass(kind)]
        if not inner:
            return shape
        shape = inner[0]
    return shape


def _leaves(hint: Any) -> Iterator[type]:
    yield from (leaf for argument in get_args(hint) for leaf in _leaves(argument))
    if isinstance(hint, type):
        yield hint


def _hints(shape: type) -> Iterator[tuple[str, Any]]:
    """Yield each key of `shape` as it is written, with its type."""
    hints = get_type_hints(shape, include_extras=True)
    yield from ((key(part.name), hints[part.name]) for part in fields(shape))


def _keys(shape: type, path: Loc) -> Iterator[str]:
    yield from (key for key, _ in _hints(_dataclass_at(shape, path)))


def _name(shape: type, path: Loc) -> str:
    return _NAMES[_dataclass_at(shape, path).__name__]


def _required(shape: type, path: Loc) -> bool:
    """Whether the key at the end of `path` must be written."""
    parts = {key(part.name): part for part in fields(_dataclass_at(shape, path[:-1]))} if path else {}
    part = parts.get(str(path[-1])) if path else None
    return part is not None and part.default is MISSING and part.default_factory is MISSING


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
