"""One incident out of its file and its update files: ids, groups and promises worked out, contradictions found."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from operator import attrgetter
from typing import Any, cast

from stillup.errors import Problem
from stillup.records import contradiction, moment, statement
from stillup.records.document import Document, Loc
from stillup.records.finding import Findings, Told
from stillup.records.incident import Incident, IncidentFacts, Move, Schedule, ScheduleFacts, Update
from stillup.records.inventory import Components
from stillup.records.reference import known
from stillup.records.shape import shaped
from stillup.records.written import WrittenIncident, WrittenSchedule, WrittenUpdate
from stillup.vocabulary import ComponentStatus, Kind

_INCIDENT = tuple(IncidentFacts.__dataclass_fields__)
_SCHEDULE = tuple(ScheduleFacts.__dataclass_fields__)
_incident_facts = attrgetter(*_INCIDENT)
_at = attrgetter("update.at")
_STAND_IN = {"at": "2000-01-01T00:00:00Z", "status": "resolved", "body": "-"}


def assembled(
    id: str, main: Document, others: Sequence[Document], components: Components, zone: str, problems: Sequence[Problem]
) -> tuple[Incident | None, tuple[Problem, ...]]:
    """Return the incident `id` of the documents, or None and its problems; `problems` are those of reading them."""
    findings = Findings(problems)
    kind = _kind(main)
    written, told, complete = _taken(main, others, kind, findings)
    if written is None:
        return None, tuple(sorted(findings.problems))
    told.sort(key=_at)
    series = written.scheduled is not None and bool(written.scheduled.recurrence)
    for entry in told:
        statement.check(entry, kind, series, findings)
        known(entry, components, zone, findings)
    names = _ids(told, findings)
    if complete:
        contradiction.check(id, written, main, told, zone, findings)
    if not findings.sound:
        return None, tuple(sorted(findings.problems))
    updates = tuple(_update(entry.update, name, components, zone) for entry, name in zip(told, names, strict=True))
    facts: dict[str, Any] = dict(zip(_INCIDENT, _incident_facts(written), strict=True))
    record = Incident(id=id, updates=updates, scheduled=_schedule(written.scheduled, zone), **facts)
    return record, tuple(sorted(findings.problems))


def taken(
    main: Document, others: Sequence[Document]
) -> tuple[WrittenIncident | None, tuple[tuple[str, Told], ...], bool]:
    """Return what can be taken of an incident's documents: the whole, and its updates by time with their ids.

    The last value says whether that is all that they say. What is wrong with them is not said: two states of a record
    are compared by this.
    """
    findings = Findings()
    written, told, complete = _taken(main, others, _kind(main), findings)
    told.sort(key=_at)
    return written, tuple(zip(_ids(told, findings), told, strict=True)), complete


def _kind(main: Document) -> Kind:
    maintenance = isinstance(main.value, dict) and main.value.get("kind") == "maintenance"
    return Kind.MAINTENANCE if maintenance else Kind.INCIDENT


def _taken(
    main: Document, others: Sequence[Document], kind: Kind, findings: Findings
) -> tuple[WrittenIncident | None, list[Told], bool]:
    """Return what could be taken of the documents, and whether that is all that they say."""
    whole = shaped(main, WrittenIncident, main.value, (), kind)
    findings.problems += whole.problems
    findings.lose(main, whole.lost)
    written, complete = whole.value, True
    if written is not None and not whole.lost:
        told = [Told(update, main, ("updates", index)) for index, update in enumerate(written.updates)]
    else:
        written, told, complete = _salvaged(main, kind)
    for document in others:
        more = shaped(document, WrittenUpdate, document.value, (), kind)
        findings.problems += more.problems
        findings.lose(document, more.lost)
        complete = complete and more.value is not None
        if more.value is not None:
            told.append(Told(more.value, document, ()))
    if not complete:
        _untold(main, others, told, findings)
    return written, told, complete and bool(told)


def _untold(main: Document, others: Sequence[Document], told: Sequence[Told], findings: Findings) -> None:
    """Say of updates that could not be taken that their text is missing too; those that could are judged later."""
    entries = main.value.get("updates") if isinstance(main.value, dict) else None
    written: list[tuple[Document, Loc, object]] = [(document, (), document.value) for document in others]
    if isinstance(entries, list):
        written += [(main, ("updates", index), entry) for index, entry in enumerate(entries)]
    known = {(entry.document.file, entry.loc) for entry in told}
    for document, loc, entry in written:
        bare = isinstance(entry, dict) and "body" not in entry and "redacted" not in entry
        place = (*loc, "body")
        if bare and (document.file, loc) not in known and not findings.is_lost(document, place):
            findings.problems.append(document.problem(place, *statement.UNTOLD, code="missing"))


def _salvaged(main: Document, kind: Kind) -> tuple[WrittenIncident | None, list[Told], bool]:
    """Return what can be taken of a faulty document piece by piece; its faults were already said."""
    if not isinstance(main.value, dict):
        return None, [], False
    entries = main.value.get("updates")
    entries = entries if isinstance(entries, list) else []
    told = []
    for index, entry in enumerate(entries):
        update = shaped(main, WrittenUpdate, entry, ("updates", index), kind).value
        if update is not None:
            told.append(Told(update, main, ("updates", index)))
    rest = {**main.value, "updates": [_STAND_IN]}
    written = shaped(main, WrittenIncident, rest, (), kind).value
    if written is None:
        written = shaped(main, WrittenIncident, {**rest, "title": "-"}, (), kind).value
    return written, told, 0 < len(told) == len(entries)


def _ids(told: Sequence[Told], findings: Findings) -> list[str]:
    """Return the id of each update; `told` are by time."""
    before: datetime | None = None
    place = 1
    taken: dict[str, Told] = {}
    result = []
    for entry in told:
        update = entry.update
        place = place + 1 if update.at == before else 1
        before = update.at
        name = update.id
        if name is None:
            stamp = moment.stamp(update.at)
            name = stamp if place == 1 else f"{stamp}-{place}"
        if name in taken:
            at_id = update.id is not None
            loser, other = (entry, taken[name]) if at_id else (taken[name], entry)
            findings.say(
                loser.document,
                (*loser.loc, "id"),
                f"The id {name} is also that of the update at {moment.utc(other.update.at)}.",
                "Write another id, or leave it out.",
                code="duplicate-id",
            )
        taken[name] = entry
        result.append(name)
    return result


def _update(written: WrittenUpdate, name: str, components: Components, zone: str) -> Update:
    """Return the record of an update, which takes over what was written: `written` is gone after this.

    To copy some thirty fields of every update took longer than to check them. Both types have the same fields in the
    same slots, or Python would not let one become the other; without slots this must be a copy again.
    """
    put = object.__setattr__
    put(written, "id", name)
    if written.components:
        put(written, "components", expanded(written.components, written.at, components, zone))
    if written.next_update_in is not None:
        put(written, "next_update_at", written.at + written.next_update_in)
    move = written.scheduled
    if move is not None:
        named = move.occurrence or written.occurrence
        put(written, "scheduled", Move(start=move.start, end=move.end, occurrence=named))
        put(written, "occurrence", named)
    put(written, "__class__", Update)
    return cast(Update, written)


def expanded(
    named: Mapping[str, ComponentStatus], at: datetime, components: Components, zone: str
) -> Mapping[str, ComponentStatus]:
    """Return `named` with groups replaced by their members at `at`; a component named itself keeps its own state."""
    result: dict[str, ComponentStatus] = {}
    for name, status in named.items():
        if name.startswith("group:"):
            for component in components.members(name.removeprefix("group:"), at, zone):
                if component.id not in named:
                    result[component.id] = status
        else:
            result[name] = status
    return result


def _schedule(written: WrittenSchedule | None, zone: str) -> Schedule | None:
    if written is None:
        return None
    facts: dict[str, Any] = {key: getattr(written, key) for key in _SCHEDULE}
    facts["reminders"] = tuple(sorted(written.reminders, reverse=True))
    return Schedule(timezone=written.timezone or zone, exceptions=written.exceptions, **facts)
