"""Names that must be alone in the whole repository: ids, former ids, API codes."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from stillup.errors import Problem
from stillup.records.component import Component, Group
from stillup.records.document import Loc, spelled
from stillup.records.incident import Incident
from stillup.records.settings import Settings

Finder = Callable[[str, Loc], tuple[int, int]]
"""Returns line and column of a field in a file; asked only when something is wrong."""


@dataclass(frozen=True, slots=True)
class Identity:
    """The names that one file takes: little enough to be kept for every record."""

    file: str
    id: str
    """Empty where the file has none of its own, such as `mkdocs.yml`."""

    kind: str
    """Ids of different kinds do not clash: `incident`, `component` or `group`."""

    formerly: tuple[str, ...] = ()
    codes: tuple[tuple[str, Loc], ...] = ()
    """Each written code and its field."""


def of_incident(record: Incident, file: str) -> Identity:
    """Return the names that an incident takes."""
    codes: list[tuple[str, Loc]] = [(record.code, ("code",))] if record.code else []
    codes += [(update.code, ("updates", place, "code")) for place, update in enumerate(record.updates) if update.code]
    return Identity(file, record.id, "incident", record.formerly, tuple(codes))


def of_component(record: Component, file: str) -> Identity:
    """Return the names that a component takes."""
    return Identity(file, record.id, "component", (), ((record.code, ("code",)),) if record.code else ())


def of_groups(groups: Iterable[Group], file: str) -> Iterator[Identity]:
    """Yield the names that written groups take; they stand in `file` in this order."""
    for place, group in enumerate(groups):
        yield Identity(file, group.id, "group", (), ((group.code, (place, "code")),) if group.code else ())


def of_settings(settings: Settings, file: str) -> Identity:
    """Return the names that the settings take."""
    return Identity(file, "", "page", (), ((settings.code, ("code",)),) if settings.code else ())


def clashes(identities: Iterable[Identity], place: Finder) -> tuple[Problem, ...]:
    """Return a problem for each name that is taken twice, at the later of the two files; `place` finds the line.

    Works on names alone, so that an index can ask it about ten thousand records without reading one.
    """
    known = sorted(identities, key=lambda identity: (identity.file, identity.id))
    live = {(identity.kind, identity.id): identity for identity in reversed(known) if identity.id}
    problems: list[Problem] = []
    former: dict[tuple[str, str], Identity] = {}
    codes: dict[str, Identity] = {}

    def say(identity: Identity, loc: Loc, code: str, message: str, fix: str) -> None:
        line, column = place(identity.file, loc)
        field = spelled(loc)
        problems.append(
            Problem(file=identity.file, line=line, column=column, field=field, code=code, message=message, fix=fix)
        )

    for identity in known:
        name = (identity.kind, identity.id)
        if identity.id and live[name] is not identity:
            loc: Loc = () if identity.kind != "group" else ("id",)
            message = f"The id {identity.id} is also that of {live[name].file}."
            say(identity, loc, "duplicate-id", message, "Give one of the two another name.")
        for index, old in enumerate(identity.formerly):
            other = live.get((identity.kind, old))
            if other is not None and other is not identity:
                message = f"{old} is the id of {other.file} now."
                say(identity, ("formerly", index), "duplicate-id", message, "Leave it out, or rename that file.")
            first = former.setdefault((identity.kind, old), identity)
            if first is not identity:
                message = f"{old} is also a former id of {first.file}."
                say(identity, ("formerly", index), "duplicate-id", message, "Keep one of the two.")
        for code, loc in identity.codes:
            holder = codes.setdefault(code, identity)
            if holder is not identity or identity.codes.index((code, loc)) != [c for c, _ in identity.codes].index(
                code
            ):
                message = f"The code {code} is also that of something in {holder.file}."
                say(identity, loc, "duplicate-code", message, "Leave one of the two out; it is made from the id then.")
    return tuple(sorted(problems))
