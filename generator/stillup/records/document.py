"""A YAML file as read: plain values, and where each of them stands."""

from collections.abc import Mapping, Set
from dataclasses import field
from typing import Any, Protocol

from stillup.errors import Level, Problem
from stillup.frozen import dataclass

Loc = tuple[str | int, ...]
"""The way to a value: `("updates", 0, "status")`."""


class Mark(Protocol):
    """A place in a text, both counted from 0."""

    @property
    def line(self) -> int:
        """Lines above it."""

    @property
    def column(self) -> int:
        """Characters left of it."""


def spelled(loc: Loc) -> str:
    """Return `loc` as a person would write it: `updates[0].status`."""
    parts = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in loc)
    return parts.removeprefix(".")


@dataclass(frozen=True, slots=True)
class Document:
    """One YAML document whose every value has a place."""

    file: str
    """Path relative to the root, with `/`."""

    value: object
    """Mappings, lists, text, int, Decimal, bool; None where nothing is written."""

    values: Mapping[Loc, Mark] = field(default_factory=dict)
    keys: Mapping[Loc, Mark] = field(default_factory=dict)
    empty: tuple[Loc, ...] = ()
    """Where a key has no value."""

    refused: Set[Loc] = frozenset()
    """Values about which the reader has already said what is wrong."""

    def at(self, loc: Loc) -> object:
        """Return the value at `loc`, None where there is none."""
        value: Any = self.value
        for part in loc:
            inside = isinstance(value, dict) and part in value
            inside = inside or (isinstance(value, list) and isinstance(part, int) and part < len(value))
            value = value[part] if inside else None
        return value

    def problem(
        self,
        loc: Loc,
        message: str,
        fix: str = "",
        *,
        code: str = "invalid",
        level: Level = Level.ERROR,
        at_key: bool = False,
    ) -> Problem:
        """Return a problem of the field `loc`, placed at its value (`at_key`: its key), else at the nearest parent."""
        mark = self.keys.get(loc) if at_key else None
        near = loc
        while mark is None and near:
            mark = self.values.get(near)
            near = near[:-1]
        if mark is None:
            mark = self.values.get(())
        line, column = (mark.line + 1, mark.column + 1) if mark is not None else (1, 1)
        return Problem(
            file=self.file,
            line=line,
            column=column,
            field=spelled(loc),
            code=code,
            level=level,
            message=message,
            fix=fix,
        )
