"""What each command makes of a record: an opening, an update, an edit, a move, a state."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from stillup.errors import Problem, RecordError, StillupError
from stillup.intake.alert import proposal
from stillup.pipeline.change import internal
from stillup.pipeline.change.beside import beside
from stillup.pipeline.change.desk import Desk
from stillup.pipeline.change.earlier import opened_again
from stillup.pipeline.change.entry import block, entry, identity, place, reference, slug, spelled
from stillup.pipeline.change.report import counted
from stillup.pipeline.change.sheet import Change, Sheets
from stillup.records import moment
from stillup.records.assembly import taken
from stillup.records.document import Document, Loc
from stillup.records.folder import RecordFile
from stillup.records.incident import Incident, Update
from stillup.records.reading import read
from stillup.records.refusal import Unusable, choice
from stillup.timeline.publication import AHEAD
from stillup.vocabulary import TEXTS, ComponentStatus, RecoveryStep, Severity, UpdateStatus

_RECORD = ("title", "kind", "reference", "severity", "impact", "disaster", "started_at", "scheduled")
_UNREAD = {"withdrawn", "cause_confirmed"}
"""Fields of an update whose edit nobody could read on the page, or that say themselves when it was."""

Facts = Mapping[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What one call of a command says."""

    update: Facts = field(default_factory=dict)
    """Fields of the update."""

    record: Facts = field(default_factory=dict)
    """Fields of the record as a whole."""

    internal: tuple[tuple[str, str], ...] = ()
    """Fields of the private record, with what is noted."""


def opened(desk: Desk, told: Told) -> Change:
    """Return a new record with its first update. Its id is the day and the title."""
    title = str(told.record["title"])
    day = moment.civil(desk.at, desk.settings.timezone)
    base = f"{day}-{slug(title)}"
    id = next(id for id in (base, *(f"{base}-{n}" for n in range(2, 1000))) if not desk.taken(id))
    first = entry({"at": moment.utc(desk.at), **told.update})
    facts = {name: told.record[name] for name in _RECORD if told.record.get(name) not in (None, "", False, {})}
    sheets, path = Sheets(desk.root), f"incidents/{day.year}/{id}.yml"
    sheets.new(path, {**facts, "updates": [first]})
    private = _noted(desk, sheets, id, told)
    notes: tuple[Problem, ...] = ()
    if facts.get("kind") != "maintenance":
        notes = beside(desk, path, title, _ids(told.update.get("components")))
        began = moment.instant(facts["started_at"]) if facts.get("started_at") else desk.at
        private |= counted(desk, sheets, id, _ids(told.update.get("components")), began)
    verb = "Announce" if facts.get("kind") == "maintenance" else "Open"
    return Change(
        record=id,
        subject=f"{verb}: {title}",
        files=sheets.files,
        internal=private,
        update=moment.stamp(desk.at),
        news=True,
        notes=notes,
    )


def updated(desk: Desk, file: RecordFile, record: Incident, told: Told) -> Change:
    """Return one more update, in a file of its own: two people who write at once never meet in one file."""
    sheets = Sheets(desk.root)
    name, written = identity(record, desk.at)
    said = entry({"at": moment.utc(desk.at), "id": written, **told.update})
    sheets.new(place(file, desk.at, said), said)
    for key, value in told.record.items():
        sheets.put(file.path, (key,), value, before="updates")
    again = opened_again(record, UpdateStatus(str(told.update["status"])), file.path, desk.at)
    if again:
        sheets.remove(file.path, ("ended_at",))
    private = _noted(desk, sheets, record.id, told) | _reclassified(desk, sheets, record, told)
    status = str(told.update["status"]).replace("_", " ")
    return Change(
        record=record.id,
        subject=f"{status.capitalize()}: {record.title}",
        files=sheets.files,
        internal=private,
        update=name,
        news=True,
        at=moment.stamp(desk.at),
        notes=again,
    )


def edited(desk: Desk, file: RecordFile, record: Incident, update: str, told: Told) -> Change:
    """Return other words of the update `update` (empty: the newest) or of the record; `edited_at` is written for it.

    A draft is nobody's yet, so it changes without a mark.
    """
    sheets = Sheets(desk.root)
    name = ""
    if told.update:
        name, path, loc = found(desk, file, update)
        before = next(each for each in record.updates if each.id == name)
        for key, value in told.update.items():
            sheets.put(path, (*loc, key), block(str(value)) if key == "body" else value)
        if before.at <= desk.at + AHEAD and set(told.update) - _UNREAD:
            sheets.put(path, (*loc, "edited_at"), moment.utc(desk.at))
            kept = {key: block(text) if key == "body" else text for key, text in _replaced(before, told.update)}
            if before.was is None and kept:
                sheets.put(path, (*loc, "was"), kept)
            else:
                for key, text in kept.items():
                    sheets.put(path, (*loc, "was", key), text)
    for key, value in told.record.items():
        sheets.put(file.path, (key,), value, before="updates")
    private = _noted(desk, sheets, record.id, told) | _reclassified(desk, sheets, record, told)
    verb = "Withdraw" if "withdrawn" in told.update else "Correct" if sheets.files.keys() - private else "Note"
    return Change(
        record=record.id, subject=f"{verb}: {record.title}", files=sheets.files, internal=private, update=name
    )


def _replaced(before: Update, facts: Facts) -> Iterator[tuple[str, str]]:
    """Yield the texts that `facts` replaces, as they were published; what an earlier edit kept is older, and stays."""
    for key in ("body", *TEXTS):
        text = str(getattr(before, key))
        kept = before.was is not None and getattr(before.was, key)
        if text and not kept and key in facts and str(facts[key]).split() != text.split():
            yield key, text


def taken_back(desk: Desk, file: RecordFile, record: Incident) -> tuple[Change, str]:
    """Return the record without its newest update, and the path at which that stands.

    With its only update the record goes, and what was noted of it in private is no record any more.

    Raises:
        StillupError: the update stands among others in the main file, where people write.
    """
    name, path, loc = found(desk, file, "")
    sheets = Sheets(desk.root)
    if loc and len(record.updates) > 1:
        raise StillupError(
            f"The update {name} stands in {path} among others. Take it out by hand, or use --withdraw REASON."
        )
    sheets.drop(path)
    private = internal.laid_aside(sheets, desk.settings, record.id) if loc else frozenset[str]()
    return Change(record=record.id, subject=f"Take back: {record.title}", files=sheets.files, internal=private), path


def written_up(desk: Desk, file: RecordFile, record: Incident, body: str) -> Change:
    """Return the record with the public part of what was learned."""
    sheets = Sheets(desk.root)
    if record.postmortem is None:
        fact = {"at": moment.utc(desk.at), "body": block(body)}
        sheets.put(file.path, ("postmortem",), fact)
    else:
        sheets.put(file.path, ("postmortem", "body"), block(body))
    return Change(record=record.id, subject=f"Write up: {record.title}", files=sheets.files)


def verified(desk: Desk, record: Incident, told: Told, steps: Iterable[RecoveryStep], by: str, evidence: str) -> Change:
    """Return the private note that points of recovery are met, and what else is noted."""
    sheets = Sheets(desk.root)
    where = internal.recovered(sheets, desk.settings, record.id, steps, by, evidence, desk.at)
    private = _noted(desk, sheets, record.id, told) | {where}
    return Change(record=record.id, subject=f"Recovered: {record.title}", files=sheets.files, internal=private)


def accepted(desk: Desk, id: str, told: Told, states: Mapping[str, str]) -> Change:
    """Return a draft of `incidents/_drafts/` as a record that is told now. What began earlier still began then.

    `states` are what its components are in now, where that is another than the draft says, or more.
    Where alerts went on meanwhile, all its updates are published at this instant, in their order.

    Raises:
        StillupError: there is no such draft.
        RecordError: it cannot be read.
    """
    source = f"incidents/_drafts/{id}.yml"
    sheets = Sheets(desk.root)
    if not sheets.has(source):
        drafts = sorted(path.stem for path in (desk.root / "incidents" / "_drafts").glob("*.yml"))
        raise StillupError(
            f"There is no draft {id}. {'There are ' + ', '.join(drafts) if drafts else 'There is none'}."
        )
    if desk.taken(id):
        raise StillupError(f"{id} is a record already. Rename the draft, or use incident update.")
    data = sheets.text(source)
    document, problems = read(data, source)
    if document is None:
        raise RecordError(problems)
    target = f"incidents/{moment.civil(desk.at, desk.settings.timezone).year}/{id}.yml"
    made_by = str(document.at(("source", "made_by")) or "")
    sheets.files[target] = data.replace(proposal.remark(id, made_by).encode(), b"")
    sheets.drop(source)
    began = document.at(("updates", 0, "at"))
    if began is not None:
        if document.at(("started_at",)) is None and document.at(("kind",)) != "maintenance":
            sheets.put(target, ("started_at",), began, before="updates")
        sheets.put(target, ("updates", 0, "at"), moment.utc(desk.at))
    count = len(updates) if isinstance(updates := document.at(("updates",)), list) else 0
    for number in range(1, count):
        if _is_past(document.at(("updates", number, "at")), desk.at):
            sheets.put(target, ("updates", number, "at"), moment.utc(desk.at))
    if document.at(("reference",)) is None and document.at(("kind",)) != "maintenance":
        sheets.put(target, ("reference",), reference(desk.root, desk.at, desk.settings), before="updates")
    for key, value in told.update.items():
        sheets.put(target, ("updates", 0, key), block(str(value)) if key == "body" else value)
    for key, value in told.record.items():
        sheets.put(target, (key,), value, before="updates")
    newest = max(count - 1, 0)
    if states:
        held = document.at(("updates", newest, "components"))
        sheets.put(target, ("updates", newest, "components"), {**(held if isinstance(held, Mapping) else {}), **states})
    severity = told.record.get("severity") or document.at(("severity",))
    status = document.at(("updates", newest, "status"))
    length = desk.settings.every(str(severity), str(status), disaster=document.at(("disaster",)) is True)
    promised = any(document.at(("updates", newest, name)) for name in ("next_update_in", "next_update_at"))
    if length is not None and not promised:
        sheets.put(target, ("updates", newest, "next_update_in"), spelled(length))
    private = _noted(desk, sheets, id, told)
    if document.at(("kind",)) != "maintenance":
        start = document.at(("started_at",)) or began
        affected = tuple({**dict.fromkeys(_ids(document.at(("updates", 0, "components")))), **states})
        since = moment.instant(start) if start is not None else desk.at
        if made_by == proposal.ALERTS and any(proposal.identity(each, since) == id for each in affected):
            private |= {internal.detected(sheets, desk.settings, id, since)} - {""}
        private |= counted(desk, sheets, id, affected, since)
    title = document.at(("title",))
    return Change(
        record=id,
        subject=f"Open: {title}",
        files=sheets.files,
        internal=private,
        update=str(document.at(("updates", 0, "id")) or moment.stamp(desk.at)),
        news=True,
    )


def _is_past(written: object, at: datetime) -> bool:
    """Whether an instant of a draft is before `at`; what is none is said by those who read the record."""
    try:
        return moment.instant(written) < at
    except Unusable:
        return False


def state(desk: Desk, component: str, status: ComponentStatus, source: str) -> Change:
    """Return a component with one more state, seen now and outside any incident.

    Raises:
        StillupError: there is no such component.
    """
    found = desk.edition.components.by_id.get(component)
    path = next((file.path for file in _component_files(desk) if file.id == component), "")
    if found is None or not path:
        known = choice(component, desk.edition.components.by_id) or "Its id is the name of its file without .yml."
        raise StillupError(f"There is no component {component}. {known}")
    fact: dict[str, object] = {"at": moment.utc(desk.at), "status": str(status)}
    sheets = Sheets(desk.root)
    sheets.append(path, ("states",), fact | ({"source": source} if source else {}))
    return Change(record=component, subject=f"{found.name}: {str(status).replace('_', ' ')}", files=sheets.files)


def _component_files(desk: Desk) -> tuple[RecordFile, ...]:
    from stillup.records.folder import record_files

    return record_files(desk.root, "components")[0]


def _near(word: str, known: Iterable[str]) -> str:
    from stillup.records.refusal import nearest

    near = nearest(word, known)
    return f" Did you mean {near}?" if near else ""


def _ids(components: object) -> tuple[str, ...]:
    return tuple(map(str, components)) if isinstance(components, Mapping) else ()


def _noted(desk: Desk, sheets: Sheets, record: str, told: Told) -> frozenset[str]:
    return frozenset(internal.note(sheets, desk.settings, record, name, said, desk.at) for name, said in told.internal)


def _reclassified(desk: Desk, sheets: Sheets, record: Incident, told: Told) -> frozenset[str]:
    severity = told.record.get("severity")
    if severity is None or record.severity is None or str(severity) == record.severity:
        return frozenset()
    now = Severity(str(severity))
    where = internal.reclassified(sheets, desk.settings, record.id, record.severity, now, desk.at)
    return frozenset({where} - {""})


def found(desk: Desk, file: RecordFile, update: str) -> tuple[str, str, Loc]:
    """Return the id, the file and the place in it of an update; the newest where none is named.

    Raises:
        StillupError: there is none of that id.
    """
    documents = [_document(desk, path) for path in (file.path, *file.updates)]
    told = taken(documents[0], documents[1:])[1]
    for name, said in reversed(told):
        if update in ("", name):
            return name, said.document.file, said.loc
    names = [name for name, _ in told]
    raise StillupError(f"{file.id} has no update {update}. It has {', '.join(names)}.{_near(update, names)}")


def _document(desk: Desk, path: str) -> Document:
    document, problems = read(desk.text(path), path)
    if document is None:
        raise RecordError(problems)
    return document
