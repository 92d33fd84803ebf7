"""The next instant at which something is to be done although nobody writes anything: a page changes, or a reminder."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from stillup.records.component import Component
from stillup.records.incident import Incident
from stillup.timeline.course import Course
from stillup.timeline.day import bounds
from stillup.timeline.promise import promise
from stillup.timeline.publication import AHEAD, published
from stillup.vocabulary import UpdateStatus


def next_due(
    incidents: Iterable[Incident], courses: Iterable[Course], at: datetime, components: Iterable[Component] = ()
) -> datetime | None:
    """Return the first instant after `at` at which something public changes by the clock alone, or None.

    Edges of maintenance windows and their reminders, promises falling due, drafts and postmortems becoming public,
    `ended_at` and monitor states ahead of their time. Midnight is separate. `incidents` are whole records, drafts
    included; those whose course is settled may be left out.
    """
    at = at.astimezone(UTC)
    moments = [moment.astimezone(UTC) for moment in _moments(list(incidents), courses, at)]
    moments += [change.at.astimezone(UTC) for component in components for change in component.states]
    return min((moment for moment in moments if moment > at), default=None)


def next_midnight(at: datetime, zone: ZoneInfo) -> datetime:
    """Return when the civil day of `at` ends."""
    day = at.astimezone(zone).date()
    while (midnight := bounds(day, zone)[1]) <= at:  # A date told twice, where clocks go back over midnight.
        day += timedelta(days=1)
    return midnight


def _moments(incidents: Sequence[Incident], courses: Iterable[Course], at: datetime) -> Iterator[datetime]:
    reminders = {each.id: each.scheduled.reminders for each in incidents if each.scheduled is not None}
    for course in courses:
        if not course.settled:
            for occurrence in course.occurrences:
                yield from (occurrence.start, occurrence.end)
                if occurrence.status is UpdateStatus.SCHEDULED:
                    yield from (occurrence.start - before for before in reminders.get(course.id, ()))
    for incident in incidents:
        for update in incident.updates:
            yield from (update.at - AHEAD, update.at)
        if incident.postmortem is not None:
            yield incident.postmortem.at - AHEAD
        yield from (moment for moment in (incident.started_at, incident.ended_at) if moment is not None)
        public = published(incident, at)
        made = promise(public, at) if public is not None else None
        if made is not None:
            yield made.due + timedelta(seconds=1)
