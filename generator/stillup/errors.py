"""What can be wrong with what people wrote, in a form that says where it stands and what to write instead."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

_UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufeff]")


class Level(StrEnum):
    """An error stops everything; a warning is printed and the run goes on; a note is advice on wording."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


def seen(text: str) -> str:
    """Return `text` with an escape in place of each character that moves, hides or turns what is printed."""
    return text if text.isprintable() else _UNSEEN.sub(_escaped, text)


def seen_line(text: str) -> str:
    """Return `text` likewise, in one line."""
    return seen(text).replace("\t", "\\t").replace("\n", "\\n")


def _escaped(found: re.Match[str]) -> str:
    return found[0].encode("unicode_escape").decode()


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Problem:
    """One thing to mend, in one line. Problems sort by file, then by place in it.

    A key or a name that people chose stands in it: what it holds speaks to no terminal and begins no line of a log.
    """

    file: str
    """Path relative to the root, with `/`."""

    line: int = 1
    """From 1."""

    column: int = 1
    """From 1, counted in characters."""

    field: str = ""
    """The path of the field as a person would write it, e.g. `updates[0].status`; empty for the whole file."""

    code: str = "invalid"
    """A short stable word for tools, e.g. `unknown-key`."""

    level: Level = Level.ERROR
    message: str
    """What is wrong, one sentence with its full stop."""

    fix: str = ""
    """What to write instead, one sentence with its full stop."""

    def __post_init__(self) -> None:
        """Spell out what cannot be seen."""
        for name in ("field", "message", "fix"):
            text = getattr(self, name)
            if not text.isprintable():
                object.__setattr__(self, name, seen_line(text))

    def __str__(self) -> str:
        """Return the line a person reads, `file:line:col: field: what is wrong. What to write instead.`"""
        place = f"{seen_line(self.file)}:{self.line}:{self.column}: "
        field = f"{self.field}: " if self.field else ""
        warning = "" if self.level is Level.ERROR else f"{self.level}: "
        return f"{place}{warning}{field}{self.message}{' ' + self.fix if self.fix else ''}"


class StillupError(Exception):
    """Anything a user can mend; the command line prints it without a traceback."""


class RecordError(StillupError):
    """Every problem of one run, in file order."""

    def __init__(self, problems: Iterable[Problem], advice: str = "") -> None:
        """Keep `problems` sorted by file and place; `advice` is what else a person can do, a sentence or two."""
        self.problems = tuple(sorted(problems))
        self.advice = advice
        super().__init__("\n".join(str(problem) for problem in self.problems))
