"""A letter as Statuspage posts it to webhooks: receivers tell events apart by the top-level key, `incident`.

Real receivers read the incident's name and status and the body of the first of its updates: the newest stands first.
"""

from datetime import UTC, datetime

from stillup.messages.letter import Letter, window_at
from stillup.messages.wording import clean, one_line
from stillup.views.incident import UpdateView
from stillup.vocabulary import ComponentStatus, Kind, UpdateStatus

_STATUS_OF = {
    "ok": ComponentStatus.OPERATIONAL,
    "degraded": ComponentStatus.DEGRADED_PERFORMANCE,
    "partial": ComponentStatus.PARTIAL_OUTAGE,
    "major": ComponentStatus.MAJOR_OUTAGE,
    "maint": ComponentStatus.UNDER_MAINTENANCE,
}


def statuspage(letter: Letter) -> dict[str, object]:
    """Return the body of an incident event, maintenances too. Ids are the public API's codes."""
    masthead, incident, codes = letter.masthead, letter.incident, letter.codes
    known = [update for update in incident.updates if update.at <= letter.update.at and update.withdrawn is None]
    if all(update.key != letter.update.key for update in known):
        known.insert(0, letter.update)
    maintenance = incident.kind == Kind.MAINTENANCE
    window = window_at(incident, letter.update)
    closed = UpdateStatus(letter.update.status).closes
    return {
        "meta": {
            "unsubscribe": masthead.site_url or None,
            "documentation": masthead.support_url or None,
            "generated_at": _instant(letter.update.at),
        },
        "page": {
            "id": codes.page,
            "status_indicator": codes.indicator,
            "status_description": codes.description,
        },
        "incident": {
            "id": codes.incident,
            "page_id": codes.page,
            "name": one_line(incident.title),
            "status": letter.update.status,
            "impact": "maintenance" if maintenance and incident.impact == "none" else incident.impact,
            "created_at": _instant(known[-1].at),
            "updated_at": _instant(letter.update.at),
            "monitoring_at": _first(known, (UpdateStatus.MONITORING, UpdateStatus.VERIFYING)),
            "resolved_at": _instant(letter.update.at) if closed else None,
            "shortlink": letter.page or None,
            "backfilled": False,
            "scheduled_for": _instant(window.start) if window else None,
            "scheduled_until": _instant(window.end) if window else None,
            "incident_updates": [
                {
                    "id": codes.updates.get(update.key, update.key),
                    "incident_id": codes.incident,
                    "status": update.status,
                    "body": clean(update.body.text),
                    "created_at": _instant(update.at),
                    "updated_at": _instant(update.at),
                    "display_at": _instant(update.at),
                }
                for update in known
            ],
            "components": [
                {
                    "id": codes.components.get(component, component),
                    "page_id": codes.page,
                    "name": one_line(name),
                    "status": _STATUS_OF[group.state.key],
                }
                for group in letter.update.affected
                for component, name in zip(group.ids, group.names, strict=True)
            ],
        },
    }


def _first(known: list[UpdateView], statuses: tuple[UpdateStatus, ...]) -> str | None:
    return next((_instant(update.at) for update in reversed(known) if update.status in statuses), None)


def _instant(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")
