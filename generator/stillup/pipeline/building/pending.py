"""Updates whose time has not come: nobody reads them before, and mostly a wrong zone or year has made them so."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from stillup.errors import Level, Problem
from stillup.pipeline.building.run import Run
from stillup.records.assembly import taken
from stillup.records.document import Document, Loc
from stillup.records.folder import contents
from stillup.records.incident import Incident, Update
from stillup.records.moment import utc
from stillup.records.reading import read
from stillup.timeline.publication import AHEAD, drafts

_MOSTLY = "To tell it now, write the time of now."


def pending(run: Run) -> list[Problem]:
    """Return a warning for each update that is a draft at the run's instant, which is now; records are read."""
    at, zone = run.edition.at, run.edition.zone
    found = []
    for story in run.index.coming(int(at.timestamp())):
        record = run.record(story.id)
        waiting = [update for update in drafts(record, at) if not _of_window(record, update)]
        if waiting:
            places = dict(_places(run.root, story.path))
            found += [_warning(update, places.get(update.id), story.path, at, zone) for update in waiting]
    return found


def _of_window(record: Incident, update: Update) -> bool:
    """Whether it is said beforehand what a window of maintenance begins and ends with: that is meant to wait."""
    return record.scheduled is not None and update.at >= record.scheduled.start


def _places(root: Path, path: str) -> Iterator[tuple[str, tuple[Document, Loc]]]:
    """Yield by id where each update of the record at `path` is written."""
    folder = Path(path).with_suffix("") / "updates"
    documents = []
    for each in (path, *sorted((folder / file.name).as_posix() for file in (root / folder).glob("*.yml"))):
        data, problem = contents(root, each)
        document = None if problem else read(data, each)[0]
        if document is None:
            return
        documents.append(document)
    for name, told in taken(documents[0], documents[1:])[1]:
        yield name, (told.document, told.loc)


def _warning(update: Update, place: tuple[Document, Loc] | None, path: str, at: datetime, zone: ZoneInfo) -> Problem:
    due = utc(update.at)
    message = f"This update is a draft until {due}: before that no page shows it and nobody is told."
    if place is None:
        return Problem(file=path, field="at", code="draft", level=Level.WARNING, message=message, fix=_MOSTLY)
    document, loc = (place[0], (*place[1], "at"))
    plain = str(document.at(loc)).endswith("Z")
    fix = (_local(update.at, at, zone) if plain else "") or _MOSTLY
    return document.problem(loc, message, fix, code="draft", level=Level.WARNING)


def _local(written: datetime, at: datetime, zone: ZoneInfo) -> str:
    """Return what to write where the same digits, read as the page's own time, are of the last hour; else nothing."""
    meant = written.replace(tzinfo=zone)
    if not meant.utcoffset() or not at - 12 * AHEAD <= meant <= at + AHEAD:
        return ""
    return (
        f"If {meant:%H:%M} is the time in {zone.key}, write {meant.isoformat()}; to tell it now, write the time of now."
    )
