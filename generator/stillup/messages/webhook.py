"""A letter as a webhook: one JSON document, by default after Standard Webhooks 1.0, the same bytes each time.

The signature headers (`webhook-id`, `webhook-timestamp`, `webhook-signature`) belong to the sending, not to the body.
"""

from datetime import UTC, datetime
from enum import StrEnum

from stillup.messages.letter import Letter, window_at
from stillup.messages.statuspage import statuspage
from stillup.messages.wording import clean, one_line
from stillup.vocabulary import TEXTS, ComponentStatus

CHANNEL = "webhook"
SCHEMA = 1
"""Version of `data`: a field may be added within a version; renaming or dropping one makes the next."""

_STATUS_OF = {
    "ok": ComponentStatus.OPERATIONAL,
    "degraded": ComponentStatus.DEGRADED_PERFORMANCE,
    "partial": ComponentStatus.PARTIAL_OUTAGE,
    "major": ComponentStatus.MAJOR_OUTAGE,
    "maint": ComponentStatus.UNDER_MAINTENANCE,
}


class Envelope(StrEnum):
    """The shape of a webhook's body."""

    STANDARD = "standard"
    """Standard Webhooks: `type`, `timestamp`, `data`."""

    CLOUDEVENTS = "cloudevents"
    """CloudEvents 1.0, structured: the same `data` in their attributes."""

    STATUSPAGE = "statuspage"
    """What Statuspage posts, for receivers that are there already."""


def webhook(letter: Letter, envelope: Envelope = Envelope.STANDARD) -> tuple[dict[str, object], str]:
    """Return the request body that tells the letter, and its media type."""
    kind, at = letter.kind.replace("_", ".", 1), _instant(letter.update.at)
    data = {**document(letter), **_window(letter), **_proof(letter)}
    match envelope:
        case Envelope.CLOUDEVENTS:
            event: dict[str, object] = {
                "specversion": "1.0",
                "id": letter.update.key,
                "source": letter.masthead.site_url or "/",
                "type": kind,
                "subject": letter.incident.id,
                "time": at,
                "datacontenttype": "application/json",
                "sequence": f"{letter.sequence:08}",
                "data": data,
            }
            return event, "application/cloudevents+json"
        case Envelope.STATUSPAGE:
            return statuspage(letter), "application/json"
        case _:
            return {"type": kind, "timestamp": at, "data": data}, "application/json"


def document(letter: Letter) -> dict[str, object]:
    """Return what a machine is told of the letter: `data` of a webhook, and of an entry of the event log."""
    masthead, incident, update = letter.masthead, letter.incident, letter.update
    names = {
        component: one_line(name)
        for view in incident.updates
        for group in (*view.affected, *incident.affected)
        for component, name in zip(group.ids, group.names, strict=True)
    }
    return {
        "schema": SCHEMA,
        "sequence": letter.sequence,
        "page": {"name": one_line(masthead.organisation), "url": masthead.site_url or None},
        "incident": {
            "id": incident.id,
            "kind": incident.kind,
            "title": one_line(incident.title),
            "reference": one_line(incident.reference) or None,
            "url": letter.page or None,
            "impact": incident.impact,
            "started_at": _instant(incident.started),
            "ended_at": _instant(letter.ended) if letter.ended else None,
        },
        "update": {
            "id": update.key,
            "url": f"{masthead.site_url}{update.place}" if masthead.site_url else None,
            "status": update.status,
            "published_at": _instant(update.at),
            "next_update_at": _instant(update.promise.due) if update.promise else None,
            "text": clean(update.body.text),
            "html": clean(str(update.body.html)),
            **({"correction": clean(letter.correction)} if letter.correction else {}),
            **{fact.key: clean(fact.text) for fact in update.facts if fact.key in TEXTS},
        },
        "components": [
            {"id": component, "name": names.get(component, component), "before": before, "after": after}
            for component, before, after in update.changed
        ],
        "affected": [
            {"id": component, "name": one_line(name), "status": _STATUS_OF[group.state.key]}
            for group in update.affected
            for component, name in zip(group.ids, group.names, strict=True)
        ],
    }


def _window(letter: Letter) -> dict[str, object]:
    """Return when a maintenance takes place: an entry of the event log is written once, and windows move."""
    found = window_at(letter.incident, letter.update)
    return {"window": {"start": _instant(found.start), "end": _instant(found.end)}} if found else {}


def _proof(letter: Letter) -> dict[str, object]:
    """Return where in the event log it stands, if it does; an entry cannot say that of itself."""
    found = letter.logged
    return {"event_seq": found.seq, "event_head": found.hash} if found else {}


def _instant(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
