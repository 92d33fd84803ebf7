"""An internal document as its parts, before it is HTML or Markdown: what is said is decided once, here.

Text is plain. `Part`s are few on purpose: what a report needs and every form can show.
"""

from collections.abc import Mapping
from dataclasses import field
from datetime import datetime

from stillup.frozen import dataclass
from stillup.records.moment import utc


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """A paragraph."""

    text: str
    quiet: bool = False
    """Whether it only explains what stands above it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """Points that begin with what they are about: `- **Total incidents**: 4`."""

    facts: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Points:
    """A list of sentences."""

    points: tuple[str, ...]
    numbered: bool = False
    otherwise: str = ""
    """What is said where there are none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """Something to tick off."""

    text: str
    done: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Tasks:
    """A list to tick off."""

    tasks: tuple[Task, ...]
    otherwise: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Rows of cells as they are read. Machines get the same rows with exact values from `Sheet`."""

    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    caption: str = ""
    numbers: frozenset[int] = frozenset()
    """Which columns hold numbers, from 0: they stand to the right."""

    otherwise: str = "None."
    """What is said where there are no rows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """A drawing with the sentence that says what it shows."""

    svg: str
    text: str


Part = Text | Facts | Points | Tasks | Table | Chart


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A heading and what stands below it."""

    title: str
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """A table for machines: exact values, no words around them."""

    name: str
    """What its file is called after the document's own name."""

    heads: tuple[str, ...]
    rows: tuple[tuple[object, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Whose document it is, and of what it was made."""

    organisation: str
    at: datetime
    """The instant up to which everything in it is known."""

    commit: str
    """Of the records; empty where they are in no git repository."""

    zone: str
    """In which times are told."""

    def line(self) -> str:
        """Return the sentence that stands on every document."""
        source = f"commit {self.commit}" if self.commit else "records outside a git repository"
        return f"As of {utc(self.at)}, from {source}."


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """One document."""

    path: str
    """Its place below the folder of reports, without an ending: `monthly/2026-11`."""

    title: str
    origin: Origin
    sections: tuple[Section, ...]
    note: str = ""
    """What must be known before anything is read: that its period is not over."""

    definitions: tuple[str, ...] = ()
    """What its numbers mean."""

    numbers: Mapping[str, object] = field(default_factory=dict)
    """The same for machines."""

    sheets: tuple[Sheet, ...] = ()
    marking: str = "INTERNAL"
    """What stands above everything; a document for a customer says something else."""
