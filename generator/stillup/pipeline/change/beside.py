"""An incident that may be told already: two people open one for the same outage, and customers read it twice."""

from collections.abc import Collection

from stillup.errors import Level, Problem
from stillup.pipeline.change.desk import Desk
from stillup.records import store
from stillup.records.moment import utc
from stillup.timeline.course import course
from stillup.vocabulary import Kind

_NEWEST = 30
"""So many records are looked at, by their ids: a word that is urgent does not wait for a history to be read."""


def beside(desk: Desk, path: str, title: str, components: Collection[str]) -> tuple[Problem, ...]:
    """Return a warning for each incident that is open and has the title, or one of the components, of a new one.

    `path` is where that will stand. A record that cannot be read is passed over: `check` says what is wrong with it.
    """
    found = []
    for file in sorted(store.files(desk.root)[0], key=lambda each: each.id, reverse=True)[:_NEWEST]:
        record, _ = store.incident(desk.root, file, desk.edition.components, desk.settings.timezone)
        if record is None or record.kind is not Kind.INCIDENT or record.updates[0].at > desk.at:
            continue
        went = course(record, desk.at)
        affected = {claim.component for claim in went.claims if claim.end is None}
        shared = [id for id in components if id in affected]
        if went.open and (shared or record.title.casefold() == title.casefold()):
            named = f", and names {', '.join(shared)} too" if shared else ""
            message = f"{record.id} is open since {utc(went.started)}{named}."
            fix = f"If this is the same, tell it there: stillup incident update {record.id}."
            found.append(
                Problem(file=path, field="title", code="beside", level=Level.WARNING, message=message, fix=fix)
            )
    return tuple(found)
