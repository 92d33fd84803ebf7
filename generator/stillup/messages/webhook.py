"""A letter as a webhook: one JSON document after Standard Webhooks 1.0, the same bytes each time.

The signature headers (`webhook-id`, `webhook-timestamp`, `webhook-signature`) belong to the sending, not to the body.
"""

import json
from datetime import UTC, datetime

from stillup.messages.letter import Letter
from stillup.messages.message import Message
from stillup.messages.recipient import Recipient
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


def webhook(letter: Letter, recipient: Recipient) -> Message:
    """Return the request body that tells `recipient` of the letter."""
    document = {
        "type": letter.kind.replace("_", ".", 1),
        "timestamp": _instant(letter.update.at),
        "data": _data(letter),
    }
    return Message(
        key=f"{letter.update.key}/{CHANNEL}/{recipient.audience}",
        kind=letter.kind,
        channel=CHANNEL,
        audience=recipient.audience,
        to=recipient.address,
        subject="",
        body=json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode(),
        media_type="application/json",
        at=letter.update.at,
        about=one_line(letter.incident.title),
        secret=recipient.secret,
    )


def _data(letter: Letter) -> dict[str, object]:
    masthead, incident, update = letter.masthead, letter.incident, letter.update
    names = {
        component: one_line(name)
        for view in incident.updates
        for group in (*view.affected, *incident.affected)
        for component, name in zip(group.ids, group.names, strict=True)
    }
    return {
        "schema": SCHEMA,
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


def _instant(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
