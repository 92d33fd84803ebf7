"""A letter as a ticket: what a help desk needs to open one for an incident, to keep it current and to solve it.

Every message about one incident has the same `external_id`, so that a help desk makes one ticket of them. It holds what
the public may know, in the words for support: an answer that is ready to be sent.
"""

from datetime import UTC, datetime

from stillup.messages.letter import Letter
from stillup.messages.wording import Said, clean, one_line

HELP_DESK = "support"
"""A webhook of this audience is that of a help desk: it gets tickets, of P0 and P1 alone."""

SCHEMA = 1
"""Version of `data`: a field may be added within a version; renaming or dropping one makes the next."""

_PRIORITY = {"critical": "urgent", "major": "high", "minor": "normal", "none": "low"}
_TYPES = {"incident_opened": "ticket.opened", "incident_resolved": "ticket.solved"}
_STATES = {"ticket.opened": "open", "ticket.updated": "open", "ticket.solved": "solved"}


def ticket(letter: Letter, said: Said) -> dict[str, object]:
    """Return the request body; `said` is the letter in the words for support."""
    incident, update = letter.incident, letter.update
    kind = _TYPES.get(letter.kind, "ticket.updated")
    ids = {id for view in incident.updates for group in view.affected for id in group.ids}
    ids |= {id for group in incident.affected for id in group.ids}
    return {
        "type": kind,
        "timestamp": _instant(update.at),
        "data": {
            "schema": SCHEMA,
            "sequence": letter.sequence,
            "external_id": incident.id,
            "update": update.key,
            "status": _STATES[kind],
            "priority": _PRIORITY[incident.impact],
            "subject": said.subject,
            "text": clean(said.text.partition("\n-- \n")[0].strip()),
            "components": sorted(ids),
            "reference": one_line(incident.reference) or None,
            "url": letter.page or None,
            "next_update_at": _instant(update.promise.due) if update.promise else None,
        },
    }


def _instant(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
