"""Views to Statuspage's objects."""

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from stillup.api.artifact import timestamp
from stillup.views.document import ComponentDocument, IncidentDocument, Roster, UpdateDocument
from stillup.vocabulary import ComponentStatus, Kind, UpdateStatus

if TYPE_CHECKING:
    from stillup.api import shape

_STATES = {UpdateStatus.CANCELLED.value: UpdateStatus.COMPLETED.value}
"""Statuspage has no word for a maintenance that was called off; its text says so."""


class Printer:
    """Prints what belongs to one page."""

    def __init__(self, roster: Roster, *, left: datetime | None = None) -> None:
        """Print for the page and with the components of `roster`.

        With `left` they are as a record left them that was over then: the same for ever.
        """
        self._roster = roster
        self._left = left
        self._page = roster.page.code
        self._zone = ZoneInfo(roster.page.zone)

    def page(self) -> "shape.Page":
        """Return the page."""
        page = self._roster.page
        return {
            "id": page.code,
            "name": page.name,
            "url": page.url,
            "time_zone": page.zone,
            "updated_at": timestamp(page.updated, self._zone),
        }

    def status(self) -> "shape.Status":
        """Return the roll-up."""
        return {"indicator": self._roster.indicator, "description": self._roster.label}

    def components(self) -> "list[shape.Component | shape.Group]":
        """Return all components, each group before its own."""
        return [self._listed(each) for each in self._roster.listed]

    def incident(self, document: IncidentDocument) -> "shape.Incident":
        """Return an incident with the components as they are now."""
        zone = self._zone
        return {
            "id": document.code,
            "name": document.title,
            "status": state(document),
            "created_at": timestamp(document.created, zone),
            "updated_at": timestamp(document.updated, zone),
            "monitoring_at": timestamp(document.monitoring, zone) if document.monitoring else None,
            "resolved_at": timestamp(document.resolved, zone) if document.resolved else None,
            "impact": document.impact,
            "shortlink": document.shortlink,
            "started_at": timestamp(document.started, zone),
            "page_id": self._page,
            "incident_updates": [self._update(document, each) for each in document.updates],
            "components": self._named(document),
            "reminder_intervals": document.reminders,
        }

    def maintenance(self, document: IncidentDocument) -> "shape.Maintenance":
        """Return a maintenance with the components as they are now."""
        zone = self._zone
        return {
            "id": document.code,
            "name": document.title,
            "status": state(document),
            "created_at": timestamp(document.created, zone),
            "updated_at": timestamp(document.updated, zone),
            "monitoring_at": timestamp(document.monitoring, zone) if document.monitoring else None,
            "resolved_at": timestamp(document.resolved, zone) if document.resolved else None,
            "impact": document.impact,
            "shortlink": document.shortlink,
            "started_at": timestamp(document.started, zone),
            "page_id": self._page,
            "incident_updates": [self._update(document, each) for each in document.updates],
            "components": self._named(document),
            "scheduled_for": timestamp(document.scheduled_for or document.created, zone),
            "scheduled_until": timestamp(document.scheduled_until or document.created, zone),
        }

    def postmortem(self, document: IncidentDocument) -> "shape.Postmortem":
        """Return what was published afterwards."""
        at = timestamp(document.postmortem_at, self._zone) if document.postmortem_at else None
        return {
            "postmortem_body": document.postmortem_html or None,
            "postmortem_body_last_updated_at": at,
            "postmortem_published_at": at,
        }

    def _update(self, document: IncidentDocument, update: UpdateDocument) -> "shape.Update":
        zone = self._zone
        created = timestamp(update.created, zone)
        return {
            "id": update.code,
            "status": _STATES.get(update.status, update.status),
            "body": update.html,
            "incident_id": document.code,
            "created_at": created,
            "updated_at": created if update.updated == update.created else timestamp(update.updated, zone),
            "display_at": created if update.shown == update.created else timestamp(update.shown, zone),
            "affected_components": None
            if update.effects is None
            else [
                {"code": effect.code, "name": effect.name, "old_status": effect.before, "new_status": effect.after}
                for effect in update.effects
            ],
            "deliver_notifications": update.notify,
            "custom_tweet": update.tweet,
            "tweet_id": update.tweet_id,
        }

    def _named(self, document: IncidentDocument) -> "list[shape.Component]":
        known = self._roster.by_id
        return [self._component(known[id]) for id in document.component_ids if id in known]

    def _listed(self, component: ComponentDocument) -> "shape.Component | shape.Group":
        printed = self._component(component)
        return printed if component.children is None else {**printed, "components": list(component.children)}

    def _component(self, component: ComponentDocument) -> "shape.Component":
        return {
            "id": component.code,
            "name": component.name,
            "status": component.status if self._left is None else ComponentStatus.OPERATIONAL.value,
            "created_at": timestamp(self._created(component), self._zone),
            "updated_at": timestamp(self._left or component.updated, self._zone),
            "position": component.position,
            "description": component.html or None,
            "showcase": component.showcase,
            "start_date": component.start.isoformat() if component.start else None,
            "group_id": component.group,
            "page_id": self._page,
            "group": component.children is not None,
            "only_show_if_degraded": component.only_degraded,
        }

    def _created(self, component: ComponentDocument) -> datetime:
        # How far back the page knows of anything may change; what is over never does.
        return component.created if component.is_dated or self._left is None else self._left


def state(document: IncidentDocument) -> str:
    """Return how far a record has come, in Statuspage's words."""
    if document.postmortem_at is not None and not document.open and document.kind == Kind.INCIDENT:
        return "postmortem"
    return _STATES.get(document.status, document.status)


def in_order(documents: Iterable[IncidentDocument], kind: str) -> list[IncidentDocument]:
    """Return those of one kind as Statuspage lists them: what is open first, then by when it was over, newest first.

    Of open incidents the newest comes first, of maintenances to come the next one.
    """
    of_kind = {each.id: each for each in documents if each.kind == kind}.values()
    known = sorted(of_kind, key=lambda each: each.id)
    still = [each for each in known if each.open]
    over = [each for each in known if not each.open]
    if kind == Kind.MAINTENANCE:
        still.sort(key=lambda each: (each.status == UpdateStatus.SCHEDULED, each.scheduled_for or each.created))
    else:
        still.sort(key=lambda each: each.created, reverse=True)
    over.sort(key=lambda each: each.resolved or each.updated, reverse=True)
    return [*still, *over]
