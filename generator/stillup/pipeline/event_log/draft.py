"""From a record to what the event log is told of it: what is new, what reads otherwise, what went.

Everything here comes from what the public may see. What is told to insiders alone has no entry, and neither has a
message that is only a matter of who is told (a digest, that an outage has become long).
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, NamedTuple

from stillup import catalogue
from stillup.delivery.event_log import Reader
from stillup.delivery.event_log.entry import Draft, Logged, instant
from stillup.messages.event import Event
from stillup.messages.letter import Letter
from stillup.messages.occasion import letter_of
from stillup.messages.webhook import SCHEMA, document
from stillup.pipeline.reading.telling import as_of, events_of, lasting
from stillup.records.incident import Incident, Redaction
from stillup.views.code import origin
from stillup.views.edition import Edition
from stillup.vocabulary import TEXTS, Kind

UNLOGGED = frozenset({"digest", "breach_notice", "incident_extended"})
"""Kinds of messages that tell nothing that was published on the page."""

_SAID = ("status", "text", *TEXTS)
_TITLE = "title"
"""Stands in keys for the title, as an update's id does for its texts."""

_CHANGES = ("edited", "removed")


def drafts(edition: Edition, record: Incident, log: Reader, *, compare: bool) -> Iterator[Draft]:
    """Yield what `log` does not yet know of `record`, as it is published at the edition's instant.

    With `compare`, also what reads otherwise than the log says, whether or not somebody announced the change.
    """
    first, found = origin(record), _events(edition, record)
    logged = log.of(first)
    known = {each.entry.key for each in logged}
    new = [each for each in found if each.key not in known and not log.is_known(each.key)]
    for each in new:
        at, content = each.event.at.astimezone(UTC), _content(edition, record, each.event)
        yield Draft(key=each.key, kind=each.event.kind, incident=first, at=at, content=content)
    yield from redacted(record, log)
    if compare and (logged or any(update.edited_at for update in record.updates)):
        yield from _edits(edition, record, log, logged, found, {part_of(each.key) for each in new})
        yield from removals(first, logged, {each.key for each in found}, edition.at)


def redacted(record: Incident, log: Reader) -> Iterator[Draft]:
    """Yield that texts of `record` were taken out, as far as `log` does not know it, each with what it erases."""
    logged = log.of(origin(record))
    known = {each.entry.key for each in logged}
    for redaction in redactions(record):
        if redaction.key not in known and not log.is_known(redaction.key):
            of_title = part_of(redaction.key) == f"{origin(record)}/{_TITLE}"
            found = _titled(record, logged) if of_title else _concerned(redaction, logged)
            yield replace(redaction, erases=tuple(found))


def keys(edition: Edition, record: Incident) -> Iterator[str]:
    """Yield the keys of everything that is published of `record` at the edition's instant."""
    yield from (each.key for each in _events(edition, record))
    yield from (each.key for each in redactions(record))


def redactions(record: Incident) -> Iterator[Draft]:
    """Yield that texts of `record` were taken out; what they erase is for the log to say."""
    family = "maintenance" if record.kind is Kind.MAINTENANCE else "incident"
    parts: list[tuple[str, Redaction]] = [(each.id, each.redacted) for each in record.updates if each.redacted]
    if record.postmortem and record.postmortem.redacted:
        parts.append(("postmortem", record.postmortem.redacted))
    if record.redacted:
        parts.append((_TITLE, record.redacted))
    for name, redaction in parts:
        key = f"{origin(record)}/{name}"
        at = redaction.at.astimezone(UTC)
        yield Draft(
            key=f"{key}/redacted-{at:%Y%m%dt%H%M%Sz}",
            kind=f"{family}_redacted",
            incident=origin(record),
            at=at,
            content=_bare(origin(record), key) | {"redacted": {"at": instant(at), "reason": redaction.reason}},
        )


def removals(first: str, logged: Iterable[Logged], there: Iterable[str], at: datetime) -> Iterator[Draft]:
    """Yield that something which the log tells is not on the page any more, and nobody withdrew it."""
    present = frozenset(there)
    parts: dict[str, list[Logged]] = {}
    for each in logged:
        parts.setdefault(part_of(each.entry.key), []).append(each)
    for key, told in parts.items():
        own = next((each for each in told if each.entry.key == key), None)
        if key in present or own is None or told[-1].entry.kind.endswith("_removed"):
            continue
        family = own.entry.kind.partition("_")[0]
        yield Draft(
            key=f"{key}/removed-{_count(told, 'removed') + 1}",
            kind=f"{'maintenance' if family == 'maintenance' else 'incident'}_removed",
            incident=first,
            at=at.astimezone(UTC),
            content=_bare(first, key),
        )


class _Published(NamedTuple):
    key: str
    """As the log has it."""

    event: Event


def _events(edition: Edition, record: Incident) -> list[_Published]:
    """Return everything published of `record`."""
    found = events_of(edition, record)
    return [_Published(lasting(event.key, record), event) for event in found if event.kind not in UNLOGGED]


def _edits(
    edition: Edition,
    record: Incident,
    log: Reader,
    logged: tuple[Logged, ...],
    found: Iterable[_Published],
    new: set[str],
) -> Iterator[Draft]:
    """Yield the texts that are others than the newest entry about them says."""
    updates = {f"{origin(record)}/{update.id}": update for update in record.updates}
    parts: dict[str, list[Logged]] = {}
    for each in logged:
        parts.setdefault(part_of(each.entry.key), []).append(each)
    begun = next(log.entries(1, 1)).entry.logged_at
    for key, event in found:
        update = updates.get(key)
        lost = update is not None and (update.withdrawn is not None or update.redacted is not None)
        if key in new or lost or (update is None and event.kind != "postmortem_published"):
            continue
        told = parts.get(key, [])
        edited = update.edited_at if update else None
        if not told and (edited is None or edited <= begun):
            continue
        content = _content(edition, record, event)
        if told and not _is_other(content, told):
            continue
        family = "maintenance" if record.kind is Kind.MAINTENANCE else "incident"
        yield Draft(
            key=f"{key}/edited-{_count(told, 'edited') + 1}",
            kind=f"{family}_edited",
            incident=origin(record),
            at=(edited or edition.at).astimezone(UTC),
            content=content,
        )


def _is_other(content: Mapping[str, Any], told: list[Logged]) -> bool:
    """Whether `content` says something else than the newest of `told` that still has its text."""
    if told[-1].entry.kind.endswith("_removed"):
        return True
    newest = told[-1].telling
    if newest is None or "update" not in newest.content or "redacted" in newest.content:
        return False  # It was redacted: what stands there now was announced with it.
    if _said(content) != _said(newest.content):
        return True
    whole = next((each.telling for each in reversed(told) if each.telling and _is_whole(each)), None)
    return whole is not None and _facts(content) != _facts(whole.content)


def _said(content: Mapping[str, Any]) -> tuple[object, ...]:
    update = content["update"]
    changed = sorted((each["id"], each["after"]) for each in content["components"])
    return *(update.get(name) for name in _SAID), changed, content.get("translations")


def _facts(content: Mapping[str, Any]) -> tuple[object, ...]:
    """Return what is said of the incident as a whole: a correction's entry does not repeat it."""
    incident = content["incident"]
    return tuple(incident.get(name) for name in ("title", "started_at", "ended_at"))


def _is_whole(logged: Logged) -> bool:
    return not logged.entry.kind.endswith(("_corrected", "_withdrawn", "_redacted", "_removed"))


def _concerned(redaction: Draft, logged: tuple[Logged, ...]) -> Iterator[int]:
    """Yield the entries that hold a text of what was redacted: its own, and those that repeat it."""
    part = part_of(redaction.key)
    own = [each for each in logged if part_of(each.entry.key) == part and each.telling and not _is_bare(each)]
    texts = {text for each in own if each.telling for text in _texts(each.telling.content)}
    for each in logged:
        if each in own or (each.telling and not _is_bare(each) and texts.intersection(_texts(each.telling.content))):
            yield each.seq


def _titled(record: Incident, logged: tuple[Logged, ...]) -> Iterator[int]:
    """Yield the entries that have another title than `record` has now: it was replaced, since it had to go."""
    for each in logged:
        title = each.telling.content["incident"].get("title") if each.telling else None
        if title not in (None, record.title) or (each.telling and "translations" in each.telling.content):
            yield each.seq


def _is_bare(logged: Logged) -> bool:
    return logged.entry.kind.endswith(("_redacted", "_removed"))


def _texts(content: Mapping[str, Any]) -> Iterator[str]:
    update = content.get("update", {})
    yield from (update[name] for name in ("text", "correction", *TEXTS) if update.get(name))


def part_of(key: str) -> str:
    """Return the key of the update that an entry is about, or of what the clock brought."""
    names = key.split("/")
    changed = len(names) == 3 and names[2].startswith(("correction-", "withdrawn", "redacted-", *_CHANGES))
    return "/".join(names[:2]) if changed else key


def _count(told: Iterable[Logged], change: str) -> int:
    return sum(f"/{change}-" in each.entry.key for each in told)


def _bare(first: str, key: str) -> dict[str, Any]:
    return {"schema": SCHEMA, "incident": {"id": first}, "update": {"id": key}}


def _content(edition: Edition, record: Incident, event: Event) -> dict[str, Any]:
    """Return what an entry tells: what a webhook would, and what other languages say of it."""
    content: dict[str, Any] = document(_letter(edition, record, event, ""))
    others: dict[str, dict[str, str]] = {}
    for language in edition.settings.languages[1:]:
        if language in catalogue.LANGUAGES:
            said = document(_letter(edition, record, event, language))
            own = {name: text for name, text in _words(said).items() if text != _words(content).get(name)}
            others |= {language: own} if own else {}
    return content | ({"translations": others} if others else {})


def _words(content: Mapping[str, Any]) -> dict[str, str]:
    update, incident = content["update"], content["incident"]
    texts = {name: update[name] for name in ("text", "correction", *TEXTS) if update.get(name)}
    return {"title": incident["title"], **texts}


def _letter(edition: Edition, record: Incident, event: Event, language: str) -> Letter:
    words = catalogue.words(language) if language else edition.words
    told = as_of(edition, record, event, language=language)
    return letter_of(replace(edition, words=words).masthead, words, told, event)
