"""Clocks that public records alone set: the cadence of updates, promises made, drafts that wait for their time.

And what machines propose, which waits for a person.
"""

from collections.abc import Iterator
from datetime import UTC, datetime

from stillup.records.incident import Incident
from stillup.records.moment import utc
from stillup.records.plan import Plan
from stillup.records.settings import CADENCE, Settings
from stillup.timeline.clock.clock import Clock, length, state
from stillup.timeline.clock.judged import judged
from stillup.timeline.clock.matter import Matter
from stillup.timeline.promise import promise
from stillup.timeline.publication import drafts, published
from stillup.vocabulary import IMPACT_OF, SEVERITY_OF, ClockState, ComponentStatus, Kind

_CUSTOMERS = "customers"


def cadence(matter: Matter, settings: Settings, at: datetime) -> Iterator[Clock]:
    """Yield the clock of the next update of an open incident: from the newest one, by its state and by the severity.

    A severity that rose later asks for the next one from then on, not before; one that fell takes nothing back.
    """
    if matter.public is None or matter.closed is not None:
        return
    told = [update for update in matter.public.updates if update.withdrawn is None]
    if not told:
        return
    newest, disaster = told[-1], matter.public.disaster
    start = min(newest.at, at)
    if disaster:
        key, every = "disaster", settings.every(None, newest.status, disaster=True) or CADENCE["disaster"]
        due = start + every
    else:
        by = judged(matter, lambda each: settings.every(each, newest.status) or CADENCE[each], at, start=start)
        if by is None:
            return
        key, every, due = by.severity, by.limit, by.due
    rule = f"{key}: an update every {length(every)} while {newest.status}, the newest at {utc(newest.at)}"
    if due > start + every:
        rule += f", {key} since {utc(due)}"
    yield Clock(
        clock="cadence",
        incident=matter.id,
        due=due,
        state=state(start, due, None, at),
        audience=_CUSTOMERS,
        rule=rule,
    )


def promised(incident: Incident, at: datetime) -> Iterator[Clock]:
    """Yield the clock of what the newest public update promises, of an incident or a running maintenance."""
    seen = published(incident, at)
    made = promise(seen, at) if seen is not None else None
    if seen is None or made is None:
        return
    start = next(update.at for update in seen.updates if update.id == made.update)
    rule = f"promised by the update of {utc(start)}"
    how = state(min(start, at), made.due, None, at)
    yield Clock(clock="promise", incident=incident.id, due=made.due, state=how, audience=_CUSTOMERS, rule=rule)


def waiting(incident: Incident, at: datetime) -> Iterator[Clock]:
    """Yield a clock for each draft: it is published by the first build after its time."""
    kind = "maintenance" if incident.kind is Kind.MAINTENANCE else "incident"
    for update in drafts(incident, at):
        rule = f"draft: the {update.status} update of this {kind} becomes public by itself then"
        due = update.at.astimezone(UTC)
        yield Clock(
            clock=f"draft/{update.id}",
            incident=incident.id,
            due=due,
            state=ClockState.OK,
            audience=_CUSTOMERS,
            rule=rule,
        )
    seen = published(incident, at)
    if incident.postmortem is not None and (seen is None or seen.postmortem is None):
        due = incident.postmortem.at.astimezone(UTC)
        rule = "draft: the postmortem becomes public by itself then"
        yield Clock(
            clock="draft/postmortem",
            incident=incident.id,
            due=due,
            state=ClockState.OK,
            audience=_CUSTOMERS,
            rule=rule,
        )


def proposed(draft: Incident, plan: Plan, at: datetime) -> Clock:
    """Return the clock of what machines propose: that it lies there is no acknowledgement."""
    began = draft.started_at or draft.updates[0].at
    held = [state for update in draft.updates for state in update.components.values()]
    impact = draft.impact or IMPACT_OF[max(held, key=lambda each: each.rank, default=ComponentStatus.OPERATIONAL)]
    severity = draft.severity or SEVERITY_OF[impact]
    target = plan.severities.get(severity)
    limit = target.acknowledge if target is not None else None
    due = None if limit is None else (began + limit).astimezone(UTC)
    within = "" if limit is None else f" within {length(limit)} of its beginning"
    return Clock(
        clock="proposal",
        incident=draft.id,
        due=due,
        state=ClockState.OK if due is None else state(min(began, at), due, None, at),
        audience=plan.escalation.first,
        rule=f"{severity}: accept or delete{within} what is proposed in incidents/_drafts/{draft.id}.yml",
    )
