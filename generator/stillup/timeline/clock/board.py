"""All clocks at an instant."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from stillup.records.incident import Incident
from stillup.records.inventory import Components
from stillup.records.private.incident import PrivateIncident
from stillup.records.private.store import Private
from stillup.records.settings import Settings
from stillup.timeline.clock import aftermath, exercise, public, regime, response
from stillup.timeline.clock.clock import Clock
from stillup.timeline.clock.matter import Matter, matter


def clocks(
    incidents: Iterable[Incident], components: Components, private: Private, settings: Settings, at: datetime
) -> tuple[Clock, ...]:
    """Return every clock at `at`, those due first first, those without a time last."""
    known, zone, plan = private.known(at), ZoneInfo(settings.timezone), settings.plan
    found: list[Clock] = []
    for incident in incidents:
        found += public.promised(incident, at)
        found += public.waiting(incident, at)
    for each in matters(incidents, components, known, settings, at):
        found += public.cadence(each, settings, at)
        found += response.targets(each, plan, at)
        found += response.chain(each, plan, at)
        found += response.triggers(each, plan, at)
        found += aftermath.afterwards(each, plan, zone, at)
        found += regime.breach(each, plan, zone, at)
        found += regime.regimes(each, plan, zone, at)
        if each.private is not None:
            found += aftermath.actions(each.id, each.detected, each.private.action_items, zone, at)
    for drill in known.drills.values():
        if drill.held_at is not None and drill.held_at <= at:
            found += aftermath.actions(drill.id, drill.held_at, drill.action_items, zone, at)
    if private.present:
        found += exercise.exercises(known.drills.values(), plan, zone, at)
    return in_order(found, at)


def in_order(found: Iterable[Clock], at: datetime) -> tuple[Clock, ...]:
    """Return clocks, those due first first, those without a time last."""
    return tuple(sorted(found, key=lambda each: (each.due is None, each.due or at, each.incident, each.clock)))


def matters(
    incidents: Iterable[Incident], components: Components, private: Private, settings: Settings, at: datetime
) -> Iterator[Matter]:
    """Yield what is known of each incident at `at`: public ones, then those that are private as a whole.

    `private` holds nothing that is later than `at`. Where private records are kept, an open incident without one is
    taken as one of which nothing is noted: its acknowledgement is due, and so are those further up.
    """
    for incident in incidents:
        found = matter(incident, private.incidents.get(incident.id), components, settings.plan, at)
        if found is not None and found.private is None and found.closed is None and private.kept:
            found = replace(found, private=PrivateIncident(id=incident.id, whole=False))
        if found is not None:
            yield found
    for record in private.incidents.values():
        found = matter(None, record, components, settings.plan, at) if record.whole else None
        if found is not None:
            yield found
