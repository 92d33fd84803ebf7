"""What every importer makes of its source: records that are not files yet, and name each other by code."""

from collections.abc import Mapping
from dataclasses import field
from datetime import datetime

from stillup.frozen import dataclass

Facts = dict[str, object]
"""Fields of a record as its file will have them, in order; None where the source says nothing."""


class Null:
    """Stands for a null that a record's `source` keeps."""


KEEP_NULL = Null()


@dataclass(frozen=True, slots=True, kw_only=True)
class PageDraft:
    """The page as a whole: settings, where none are written yet."""

    name: str = ""
    url: str = ""
    zone: str = ""
    code: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PartDraft:
    """A component or a group."""

    code: str
    name: str
    facts: Facts
    group: str | None = None
    """The code of its group."""

    source: Facts = field(default_factory=dict)
    where: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateDraft:
    """One update."""

    code: str
    at: datetime
    facts: Facts
    components: Mapping[str, str] = field(default_factory=dict)
    """What changed, by the component's code."""

    source: Facts = field(default_factory=dict)
    where: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryDraft:
    """An incident or a maintenance with its updates, oldest first."""

    code: str
    title: str
    facts: Facts
    updates: tuple[UpdateDraft, ...]
    source: Facts = field(default_factory=dict)
    closed: bool = True
    rough: bool = False
    """Told to the minute, without components and impact: it adds updates and changes none."""

    where: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Harvest:
    """Everything a source holds."""

    page: PageDraft | None = None
    groups: tuple[PartDraft, ...] = ()
    components: tuple[PartDraft, ...] = ()
    stories: tuple[StoryDraft, ...] = ()
