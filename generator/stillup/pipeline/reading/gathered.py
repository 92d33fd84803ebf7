"""What one run found out about the records that changed."""

from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple, TypeVar

from stillup.errors import Problem
from stillup.pipeline.reading.story import Told
from stillup.records.extract import Extract
from stillup.records.incident import Incident

RECENT = 300
"""How many records are held as they were read and told last."""

Value = TypeVar("Value")


class Read(NamedTuple):
    """A record as it was read in this run, so that a page in another language need not read it again."""

    digest: str
    record: Incident


@dataclass(slots=True, kw_only=True)
class Gathered:
    """What one run found."""

    changed: set[str] = field(default_factory=set)
    """Ids whose page is in the spool."""

    removed: set[str] = field(default_factory=set)
    """Ids whose page must go: the record is gone, or nothing of it is public at this instant."""

    fresh: bool = False
    """Whether the index knew nothing: then everything is new, and what was touched is not noted."""

    days: set[str] = field(default_factory=set)
    """The days under which a changed or removed story was listed before, or is now."""

    spans: dict[str, set[tuple[date, date]]] = field(default_factory=dict)
    """By component: first and last days of the claims of changed or removed stories, before and now."""

    before: dict[str, Extract] = field(default_factory=dict)
    """What the index kept of changed and removed stories; nothing where it knew nothing."""

    recent: dict[str, Told] = field(default_factory=dict)
    """The stories that were told last: where files are named by day, those that lists and feeds ask for again."""

    told: dict[str, Told] = field(default_factory=dict)
    """The stories of this run that are still open, ready for the home page."""

    links: dict[str, list[str]] = field(default_factory=dict)
    """Of changed stories: what they link to on the site, for those that do."""

    anchors: dict[str, str] = field(default_factory=dict)
    """Of changed stories: the anchors of their pages, divided by spaces."""

    broken: set[str] = field(default_factory=set)
    """Ids of records that could not be used."""

    read: dict[str, Read] = field(default_factory=dict)
    """The records that were read last."""

    rescued: dict[str, Incident] = field(default_factory=dict)
    """Records whose files are broken, as they were when they were sound."""

    problems: list[Problem] = field(default_factory=list)

    def remember_read(self, id: str, read: Read) -> None:
        """Keep what was read of a record, and let go of what was read long ago."""
        _lately(self.read, id, read)

    def remember_told(self, told: Told) -> None:
        """Keep a story that was told: always while it is open, else until newer ones come."""
        if told.view is not None and told.view.open:
            self.told[told.record.id] = told
        elif told.view is not None and self.fresh:
            _lately(self.recent, told.record.id, told)


def _lately(kept: dict[str, Value], id: str, value: Value) -> None:
    kept[id] = value
    if len(kept) > RECENT:
        del kept[next(iter(kept))]
