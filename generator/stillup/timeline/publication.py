"""What of a record is public at an instant. Updates written ahead of their time wait as drafts."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from stillup.records.incident import Incident, Update

AHEAD = timedelta(minutes=5)
"""How far ahead of `at` an update counts as published: clocks of two machines differ by less."""


def published(incident: Incident, at: datetime) -> Incident | None:
    """Return the record without what is not public yet, or None when none of its updates is.

    An update up to five minutes ahead of `at` is public and keeps the time it was written with, so that its id and
    its published date never move; `course` counts it from `at`. Withdrawn updates stay: their place and id do too.
    """
    horizon = at.astimezone(UTC) + AHEAD
    postmortem = incident.postmortem
    late = postmortem is not None and postmortem.at > horizon
    updates = tuple(update for update in incident.updates if update.at <= horizon)
    if not updates:
        return None
    if len(updates) == len(incident.updates) and not late:
        return incident
    return replace(incident, updates=updates, postmortem=None if late else postmortem)


def drafts(incident: Incident, at: datetime) -> tuple[Update, ...]:
    """Return the updates that are written but not public at `at`, oldest first."""
    horizon = at.astimezone(UTC) + AHEAD
    return tuple(update for update in incident.updates if update.at > horizon)
