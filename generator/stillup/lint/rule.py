"""A rule of wording, and what it remarks."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from stillup.errors import Level
from stillup.lint.case import Case, Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Remark:
    """One thing that a rule does not like, and where."""

    message: str
    fix: str
    text: Text | None = None
    """The text it stands in; None: a field, or what is missing."""

    at: str = ""
    """The words meant, as they stand in `text`."""

    field: str = ""
    """Without `text`: the field of the update, or `title`, `severity`, `postmortem` ... of the record."""

    of_record: bool = False
    """Whether `field` is one of the record though the rule judges updates."""

    level: Level | None = None
    """Where it is another than the rule's own."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule. Deterministic: the same records, settings and instant give the same remarks."""

    id: str
    level: Level
    says: str
    """What it asks for, one sentence with its full stop."""

    judge: Callable[[Case], Iterable[Remark]]
    whole: bool = False
    """Whether it judges the record as it stands now, once, instead of each update."""

    english: bool = False
    """Whether it reads English words, and says nothing of another language."""
