"""What is told of a record: its events, and the story as it stood at any of them."""

from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from stillup.messages.event import Event
from stillup.messages.events import events
from stillup.pipeline.reading.story import tell
from stillup.pipeline.reading.tongue import edition_in
from stillup.records.incident import Incident
from stillup.views.code import origin
from stillup.views.edition import Edition
from stillup.views.telling import Telling, telling


def events_of(edition: Edition, record: Incident, *, approved: datetime | None = None) -> tuple[Event, ...]:
    """Return everything that is told of `record` up to the edition's instant, oldest first."""
    told = tell(edition, record)
    if told.view is None:
        return ()
    return events(telling(edition, record, told.view), edition.at, approved=approved)


def lasting(key: str, record: Incident) -> str:
    """Return the key of an event of `record` as ledgers and the event log have it: it outlives a rename."""
    return f"{origin(record)}/{key.partition('/')[2]}"


def as_of(edition: Edition, record: Incident, event: Event, *, language: str = "", zone: str = "") -> Telling:
    """Return the story as it stood at `event`: what happened later changes no word of the message that tells it.

    Raises:
        ValueError: nothing of the record was public then.
    """
    then = replace(edition_in(edition, language), at=event.at, zone=ZoneInfo(zone) if zone else edition.zone)
    ids = [update.id for update in record.updates]
    told = event.key.partition("/")[2].partition("/")[0]
    last = ids.index(told) if event.key == f"{record.id}/{told}" and told in ids else len(ids)
    updates = tuple(
        update
        for number, update in enumerate(record.updates)
        if number <= last and (update.at <= event.at or update.id == told)
    )
    postmortem = record.postmortem if record.postmortem and record.postmortem.at <= event.at else None
    part = replace(record, updates=updates, postmortem=postmortem)
    story = tell(then, part)
    if story.view is None:
        raise ValueError(f"nothing of {record.id} was public at {event.at}")
    return telling(then, part, story.view)
