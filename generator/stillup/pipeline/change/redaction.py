"""A text that should never have been public is taken out of its record; a mark stays, with when and why."""

from stillup.errors import StillupError
from stillup.pipeline.change.desk import Desk
from stillup.pipeline.change.draft import found
from stillup.pipeline.change.sheet import Change, Sheets
from stillup.records import moment
from stillup.records.document import Document, Loc
from stillup.records.folder import RecordFile
from stillup.records.incident import Incident
from stillup.records.reading import read

POSTMORTEM = "postmortem"
_OF_IMPORTS = ("body", "custom_tweet")
"""What an importer keeps of the original's words."""


def redacted(
    desk: Desk, file: RecordFile, record: Incident, update: str, fields: tuple[str, ...], reason: str
) -> tuple[Change, tuple[str, ...]]:
    """Return the record without `fields` of the update (empty: the newest) or of the postmortem, and the lost texts.

    Raises:
        StillupError: there is no such update, or it has no such text.
    """
    sheets = Sheets(desk.root)
    loc: Loc
    if update == POSTMORTEM:
        name, path, loc = POSTMORTEM, file.path, (POSTMORTEM,)
    else:
        name, path, loc = found(desk, file, update)
    document = _document(sheets, path)
    if document.at(loc) is None:
        raise StillupError(f"{file.id} has no postmortem.")
    lost = []
    # The mark comes first: without it a record whose only text goes would not be sound.
    sheets.put(path, (*loc, "redacted"), {"at": moment.utc(desk.at), "reason": reason})
    for field in fields:
        places = [place for place in _places(document, loc, field) if document.at(place) is not None]
        if not places:
            raise StillupError(f"{path}: {name} has no {field}, so there is nothing to remove.")
        for place in places:
            lost.append(str(document.at(place)))
            sheets.remove(path, place)
    change = Change(
        record=record.id,
        subject=f"Remove a text: {record.title}",
        files=sheets.files,
        update="" if name == POSTMORTEM else name,
    )
    return change, tuple(lost)


def retitled(desk: Desk, file: RecordFile, record: Incident, title: str, reason: str) -> tuple[Change, tuple[str, ...]]:
    """Return the record with another `title`, without its translations, and the lost texts.

    Raises:
        StillupError: it has that title already.
    """
    if title == record.title:
        raise StillupError(f"{file.path}: That is its title already, so there is nothing to replace.")
    sheets = Sheets(desk.root)
    document = _document(sheets, file.path)
    lost = [record.title]
    sheets.put(file.path, ("title",), title)
    sheets.put(file.path, ("redacted",), {"at": moment.utc(desk.at), "reason": reason}, before="updates")
    for place in (place for place in _places(document, (), "title") if place != ("title",)):
        if document.at(place) is not None:
            lost.append(str(document.at(place)))
            sheets.remove(file.path, place)
    change = Change(record=record.id, subject=f"Replace a title: {title}", files=sheets.files)
    return change, tuple(lost)


def _places(document: Document, loc: Loc, field: str) -> list[Loc]:
    """Return where a field of the update at `loc` may stand: by language, before an edit, as it was imported."""
    originals = _OF_IMPORTS if field == "body" else ()
    places: list[Loc] = []
    for part in ((*loc,), (*loc, "was")):
        languages = document.at((*part, "translations"))
        spoken = sorted(languages) if isinstance(languages, dict) else []
        places += [(*part, field), *((*part, "translations", language, field) for language in spoken)]
    return [*places, *((*loc, "source", name) for name in originals)]


def _document(sheets: Sheets, path: str) -> Document:
    document, _ = read(sheets.text(path), path)
    assert document is not None, "the record was read before"
    return document
