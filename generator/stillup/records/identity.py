"""Names that must be alone in the whole repository: ids, former ids, API codes."""

from collections.abc import Callable, Iterable, Iterator

from stillup.errors import Problem
from stillup.frozen import dataclass
from stillup.records.component import Component, Group
from stillup.records.incident import Incident
from stillup.records.settings import Settings


@dataclass(frozen=True, slots=True)
class Identity:
    """The names that one record takes: little enough to be kept for every one."""

    file: str
    kind: str
    """`incident`, `component`, `group` or `page`: ids of different kinds do not clash."""

    id: str
    """Empty for the page itself."""

    formerly: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()


Finder = Callable[[str, str, str], Problem]
"""Takes a file, a key and a value and returns a problem without words at that place; asked only about clashes."""


def of_incident(record: Incident, file: str) -> Identity:
    """Return the names that an incident takes."""
    codes = (record.code, *(update.code for update in record.updates))
    return Identity(file, "incident", record.id, record.formerly, tuple(code for code in codes if code))


def of_component(record: Component, file: str) -> Identity:
    """Return the names that a component takes."""
    return Identity(file, "component", record.id, (), (record.code,) if record.code else ())


def of_groups(groups: Iterable[Group], file: str) -> Iterator[Identity]:
    """Yield the names that groups take."""
    for group in groups:
        yield Identity(file, "group", group.id, (), (group.code,) if group.code else ())


def of_settings(settings: Settings, file: str) -> Identity:
    """Return the names that the settings take."""
    return Identity(file, "page", "", (), (settings.code,) if settings.code else ())


def clashes(identities: Iterable[Identity], find: Finder) -> tuple[Problem, ...]:
    """Return a problem for each name that is taken twice, at the later of the two places.

    Works on names alone, so that an index can ask it about ten thousand records without reading one. Two files of one
    id are found by the walk over the folder already.
    """
    known = sorted(identities, key=lambda identity: (identity.file, identity.id))
    live = {(identity.kind, identity.id): identity for identity in known}
    former: dict[tuple[str, str], Identity] = {}
    codes: dict[str, Identity] = {}
    problems: list[Problem] = []

    def say(identity: Identity, key: str, value: str, code: str, message: str, fix: str) -> None:
        at = find(identity.file, key, value)
        problems.append(
            Problem(file=at.file, line=at.line, column=at.column, field=at.field, code=code, message=message, fix=fix)
        )

    for identity in known:
        for old in identity.formerly:
            other = live.get((identity.kind, old))
            if other is not None and other is not identity:
                message = f"{old} is the id of {other.file} now."
                say(identity, "formerly", old, "duplicate-id", message, "Leave it out, or rename that file.")
            first = former.setdefault((identity.kind, old), identity)
            if first is not identity:
                message = f"{old} is also a former id of {first.file}."
                say(identity, "formerly", old, "duplicate-id", message, "Keep one of the two.")
        for place, code in enumerate(identity.codes):
            holder = codes.setdefault(code, identity)
            if holder is not identity or code in identity.codes[:place]:
                message = f"The code {code} is also that of something else in {holder.file}."
                say(identity, "code", code, "duplicate-code", message, "Leave one out: it is made from the id then.")
    return tuple(sorted(problems))
