"""The promise of a next update, and whether it was kept."""

from datetime import UTC, datetime, timedelta

from stillup.frozen import dataclass
from stillup.records.incident import Incident
from stillup.timeline.course import course
from stillup.timeline.publication import AHEAD
from stillup.vocabulary import Kind, UpdateStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class Promise:
    """When the next update comes at the latest."""

    due: datetime
    late: bool
    """Whether the time is past; at `due` itself it is not."""

    every: timedelta | None
    """As it was written, where it was written as a duration: `every 30 minutes` comes from it."""

    update: str
    """The id of the update that makes it."""


def promise(incident: Incident, at: datetime) -> Promise | None:
    """Return what the newest public update promises, while the incident is open or the maintenance runs.

    A newer update without a promise ends the older one: no promise is shown then.
    """
    at = at.astimezone(UTC)
    told = [update for update in incident.updates if update.withdrawn is None and update.at <= at + AHEAD]
    if not told or told[-1].status.closes:
        return None
    newest = told[-1]
    if newest.next_update_at is not None:
        due = newest.next_update_at.astimezone(UTC)
    elif newest.next_update_in is not None:
        due = newest.at.astimezone(UTC) + newest.next_update_in
    else:
        return None
    if incident.kind is Kind.MAINTENANCE and course(incident, at).status not in _RUNNING:
        return None
    return Promise(due=due, late=at > due, every=newest.next_update_in, update=newest.id)


_RUNNING = (UpdateStatus.IN_PROGRESS, UpdateStatus.VERIFYING)
