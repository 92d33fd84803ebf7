"""Incidents and maintenances of a Statuspage as drafts, with whatever contradicts itself made valid and said."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from stillup.frozen import dataclass
from stillup.intake import markup, name
from stillup.intake.draft import KEEP_NULL, Facts, StoryDraft, UpdateDraft
from stillup.intake.original import LONGEST, Object, Reader, line, objects, same, text, whole
from stillup.intake.part import STATES
from stillup.records.moment import utc
from stillup.vocabulary import STATUSES_OF, ComponentStatus, Impact, Kind, UpdateStatus

_FINE = ComponentStatus.OPERATIONAL.value
_MAINTAINED = ComponentStatus.UNDER_MAINTENANCE.value
_CLOSING = frozenset(status.value for status in UpdateStatus if status.closes)
_STATUSES = {kind: frozenset(status.value for status in statuses) for kind, statuses in STATUSES_OF.items()}
_IMPACTS = frozenset(impact.value for impact in Impact)
_POSTMORTEM = "postmortem"
_KNOWN = frozenset(
    "id name status created_at updated_at monitoring_at resolved_at impact shortlink started_at page_id"
    " incident_updates components reminder_intervals scheduled_for scheduled_until postmortem_body"
    " postmortem_body_last_updated_at postmortem_published_at page".split()
)
_KNOWN_UPDATE = frozenset(
    "id status body incident_id created_at updated_at display_at affected_components deliver_notifications"
    " custom_tweet tweet_id".split()
)
_KEPT = ("created_at", "updated_at", "started_at", "monitoring_at", "resolved_at", "shortlink", "reminder_intervals")


@dataclass(frozen=True, slots=True)
class Listing:
    """The components of the page as their effects are told: names by code, in page order."""

    names: Mapping[str, str]


def story(where: str, written: Object, maintenance: bool, listing: Listing, reader: Reader) -> StoryDraft | None:
    """Return the draft of one record; None where a problem was found in it."""
    file = where.split(" ")[0]
    kind = Kind.MAINTENANCE if maintenance else Kind.INCIDENT
    code = name.code("incident", written.get("id"))
    if code != written.get("id"):
        reader.report.change(where, "id", "It is not a code of 12 letters, so one is made from it.")
    for key in sorted(written.keys() - _KNOWN):
        if written[key] is not None:
            reader.report.leave(where, key, "A record has no such field here.")
    told, after = _updates(where, file, written, kind, reader)
    if told is None:
        return None
    told = _ended(where, written, kind, told, reader)
    closed = told[-1].facts["status"] in _CLOSING
    told = _claims(where, kind, told, listing, reader)
    facts: Facts = {
        "title": line(written, "name") or "Untitled",
        "kind": kind.value if maintenance else None,
        "impact": _impact(where, file, written, kind, reader),
        "started_at": None if maintenance else _started(where, file, written, told, closed, reader),
        "scheduled": _window(where, file, written, told, closed, reader) if maintenance else None,
        "postmortem": _postmortem(where, file, written, after, closed, told[-1].at, reader),
    }
    source: Facts = {key: text(written, key) or None for key in _KEPT}
    return StoryDraft(
        code=code,
        title=str(facts["title"]),
        facts=facts,
        updates=tuple(told),
        source=source,
        closed=closed,
        where=where,
    )


def state(story: StoryDraft) -> dict[str, str]:
    """Return by code the state in which an open record holds components."""
    held: dict[str, str] = {}
    if not story.closed:
        for update in story.updates:
            held.update(update.components)
    return {code: status for code, status in held.items() if status != _FINE}


def _updates(
    where: str, file: str, written: Object, kind: Kind, reader: Reader
) -> tuple[list[UpdateDraft] | None, list[tuple[str, Object]]]:
    """Return the updates oldest first, and apart from them the postmortems."""
    known = _STATUSES[kind] | {_POSTMORTEM}
    found: list[tuple[datetime, UpdateDraft]] = []
    after: list[tuple[str, Object]] = []
    sound = True
    entries = list(enumerate(objects(written.get("incident_updates"))))
    for number, each in reversed(entries):
        place = f"{where}.incident_updates[{number}]"
        for key in sorted(each.keys() - _KNOWN_UPDATE):
            reader.report.leave(place, key, "An update has no such field here.")
        status = reader.word(file, f"{place}.status", each.get("status"), known, f"{kind.value} status")
        shown = reader.instant(file, f"{place}.display_at", each.get("display_at") or each.get("created_at"))
        if status is None or shown is None:
            if status is not None:
                reader.problem(file, place, "The update has no time.", "Correct it in the source.", "time")
            sound = False
        elif status == _POSTMORTEM:
            after.append((place, each))
        else:
            draft = _update(place, file, each, status, shown, f"{code_of(written)}/{number}", reader)
            if draft is None:
                sound = False
            else:
                found.append((shown, draft))
    if not sound:
        return None, after
    if not found:
        status = reader.word(file, f"{where}.status", written.get("status"), known, f"{kind.value} status")
        at = reader.instant(file, f"{where}.created_at", written.get("created_at") or written.get("started_at"))
        if status is None or at is None:
            reader.problem(file, where, "It has neither updates nor a time.", "Leave it out of the source.", "time")
            return None, after
        status = ("resolved" if kind is Kind.INCIDENT else "completed") if status == _POSTMORTEM else status
        reader.report.change(where, "incident_updates", "It has none, so one is made from its state and name.")
        words = line(written, "name") or "No text."
        made = name.code("update", f"{code_of(written)}/only")
        found = [(at, UpdateDraft(code=made, at=whole(at), facts={"status": status, "body": words}, where=where))]
    found.sort(key=lambda each: each[0])
    return [draft for _, draft in found], after


def code_of(written: Object) -> str:
    """Return the id that a record has in the source."""
    return text(written, "id")


def _update(
    place: str, file: str, each: Object, status: str, shown: datetime, otherwise: str, reader: Reader
) -> UpdateDraft | None:
    body, original = _body(place, each, status, reader)
    created = reader.instant(file, f"{place}.created_at", each.get("created_at"))
    updated = reader.instant(file, f"{place}.updated_at", each.get("updated_at"))
    at = whole(shown)
    source: Facts = {
        "display_at": text(each, "display_at") or None if shown != at else None,
        "created_at": text(each, "created_at") or None if created and not same(created, shown) else None,
        "updated_at": text(each, "updated_at") or None if updated and not same(updated, created or shown) else None,
        "deliver_notifications": each.get("deliver_notifications"),
        "custom_tweet": text(each, "custom_tweet") or None,
        "tweet_id": text(each, "tweet_id") or None,
        "body": original,
    }
    if not isinstance(source["deliver_notifications"], bool):
        source["deliver_notifications"] = None
    if updated and created and updated < created:
        reader.report.change(place, "updated_at", "It is older than created_at, which the API serves instead.")
    components: dict[str, str] = {}
    sound = True
    affected = each.get("affected_components")
    for number, one in enumerate(objects(affected)):
        status_after = reader.word(
            file, f"{place}.affected_components[{number}].new_status", one.get("new_status"), STATES, "component status"
        )
        if status_after is None:
            sound = False
        else:
            components[name.code("component", one.get("code"))] = status_after
    source["affected_components"] = affected if isinstance(affected, list) or affected is None else None
    code = name.code("update", each.get("id") or otherwise)
    facts: Facts = {"status": status, "body": body}
    return (
        UpdateDraft(code=code, at=at, facts=facts, components=components, source=source, where=place) if sound else None
    )


def _body(place: str, each: Object, status: str, reader: Reader) -> tuple[str, str | None]:
    written = text(each, "body")
    made = markup.markdown(written)
    body, original = made.text, made.original
    if not made.faithful and body:
        reader.report.change(place, "body", "It holds markup that is not kept; its text is.")
    elif body and original is None and not made.exact:
        reader.report.change(place, "body", "The API serves it in our form, with the same text.")
    if not body:
        body = f"{status.replace('_', ' ').capitalize()}."
        reader.report.change(place, "body", f'It is empty, and an update says something: "{body}"')
    if len(body) > LONGEST:
        body, original = f"{body[:LONGEST]} …", None
        reader.report.change(place, "body", "It is longer than a text may be, and is cut.")
    return body, original


def _ended(where: str, written: Object, kind: Kind, told: list[UpdateDraft], reader: Reader) -> list[UpdateDraft]:
    """Let the last update say whether the record is over, as its own status does."""
    over = text(written, "status") in {*_CLOSING, _POSTMORTEM}
    ends = told[-1].facts["status"] in _CLOSING
    if over == ends:
        return told
    if not over:
        if written.get("status"):
            reader.report.change(where, "status", "Its last update says that it is over.")
            if kind is Kind.MAINTENANCE:
                again = "A further window is not taken over: write recurrence, or a maintenance of its own."
                reader.report.leave(where, "scheduled_for", again)
        return told
    closing = [number for number, each in enumerate(told) if each.facts["status"] in _CLOSING]
    last = told[-1].at
    if closing:
        moved = told.pop(closing[-1])
        reader.report.change(where, "resolved_at", "Its closing update is shown before others; here it is the last.")
        return [*told, replace(moved, at=last)]
    at = reader.instant(where.split(" ")[0], f"{where}.resolved_at", written.get("resolved_at"))
    status = "resolved" if kind is Kind.INCIDENT else "completed"
    reader.report.change(where, "status", f"It is over and no update says so, so one is added: {status}.")
    made = name.code("update", f"{code_of(written)}/closing")
    facts: Facts = {"status": status, "body": f"{status.capitalize()}."}
    return [*told, UpdateDraft(code=made, at=max(last, whole(at)) if at else last, facts=facts, where=where)]


def _claims(where: str, kind: Kind, told: Sequence[UpdateDraft], listing: Listing, reader: Reader) -> list[UpdateDraft]:
    """Leave in each update what it changed, and in its source what the API would not work out by itself."""
    held: dict[str, str] = {}
    result = []
    for number, update in enumerate(told):
        status, said = update.facts["status"], dict(update.components)
        if kind is Kind.MAINTENANCE and status == UpdateStatus.SCHEDULED:
            said = dict.fromkeys(said, _MAINTAINED)
        closes = status in _CLOSING
        if closes and (number or kind is Kind.MAINTENANCE) and any(state != _FINE for state in said.values()):
            reader.report.change(update.where, "affected_components", "What is over affects no component any more.")
            said = dict.fromkeys(said, _FINE)
        before = dict(held)
        changed = {code: state for code, state in said.items() if held.get(code) != state}
        held.update(changed)
        source = dict(update.source)
        if "affected_components" in source:
            if closes and kind is Kind.INCIDENT:
                held = dict.fromkeys(held, _FINE)
            expected = _effects(before, held, listing) if kind is Kind.INCIDENT else None
            original = source.pop("affected_components")
            if kind is Kind.MAINTENANCE or original != expected:
                source["affected_components"] = _kept(original) if original is not None else KEEP_NULL
        result.append(replace(update, components=changed, source=source))
    return result


def _kept(original: object) -> list[dict[str, object]]:
    keys = ("code", "name", "old_status", "new_status")
    return [{key: text(one, key) for key in keys} for one in objects(original)]


def _effects(before: Mapping[str, str], after: Mapping[str, str], listing: Listing) -> list[dict[str, object]] | None:
    """Return what the API makes of an incident's update by itself."""
    if not after:
        return None
    known = [code for code in listing.names if code in after]
    known += sorted(after.keys() - listing.names.keys())
    return [
        {
            "code": code,
            "name": listing.names.get(code, ""),
            "old_status": before.get(code, _FINE),
            "new_status": after[code],
        }
        for code in known
    ]


def _impact(where: str, file: str, written: Object, kind: Kind, reader: Reader) -> str | None:
    found = written.get("impact")
    if found is None or (kind is Kind.MAINTENANCE and found == "maintenance"):
        return None
    return reader.word(file, f"{where}.impact", found, _IMPACTS, "impact")


def _started(
    where: str, file: str, written: Object, told: Sequence[UpdateDraft], closed: bool, reader: Reader
) -> str | None:
    """Return when it began, where that is not simply the first update."""
    started = reader.instant(file, f"{where}.started_at", written.get("started_at"))
    first = told[0].at
    if started is not None and first - started >= timedelta(minutes=1):
        return utc(whole(started))
    if started is not None and closed and started > told[-1].at + timedelta(seconds=1):
        reader.report.change(where, "started_at", "It was filled in later: it began with its first update.")
    if closed and len(told) == 1 and told[0].components:
        reader.report.change(where, "started_at", "One update does not say how long it took: it counts as no time.")
        return utc(first)
    return None


def _window(where: str, file: str, written: Object, told: Sequence[UpdateDraft], closed: bool, reader: Reader) -> Facts:
    start = reader.instant(file, f"{where}.scheduled_for", written.get("scheduled_for"))
    end = reader.instant(file, f"{where}.scheduled_until", written.get("scheduled_until"))
    if start is None:
        reader.report.change(where, "scheduled_for", "It is not said, so the window begins with the first update.")
    start = whole(start or told[0].at)
    if end is None or whole(end) <= start:
        reader.report.change(where, "scheduled_until", "The window ends before it begins: it is given a minute.")
        end = start + timedelta(minutes=1)
    begun = closed or any(each.facts["status"] != UpdateStatus.SCHEDULED for each in told)
    return {"start": utc(start), "end": utc(whole(end)), "auto": False if begun else None}


def _postmortem(
    where: str,
    file: str,
    written: Object,
    after: Sequence[tuple[str, Object]],
    closed: bool,
    last: datetime,
    reader: Reader,
) -> Facts | None:
    place, body, at = where, text(written, "postmortem_body"), written.get("postmortem_published_at")
    for inner, each in after:
        reader.report.change(inner, "id", "A postmortem has no code of its own: the API makes one.")
        place, body, at = inner, text(each, "body") or body, at or each.get("display_at") or each.get("created_at")
    if not body.strip():
        return None
    if not closed:
        reader.report.leave(place, "postmortem", "The incident is still open.")
        return None
    published = reader.instant(file, f"{place}.postmortem_published_at", at)
    if published is None or whole(published) < last:
        reader.report.change(place, "postmortem_published_at", "It is older than the end, which counts instead.")
        published = last
    made = markup.markdown(body) if "<" in body or "&" in body else None
    said = (made.text if made else body.strip()) or "-"
    if len(said) > LONGEST:
        reader.report.change(place, "postmortem_body", "It is longer than a text may be, and is cut.")
    return {"at": utc(whole(published)), "body": said[:LONGEST]}
