"""Clocks that begin when an incident is over: the watch, the recovery, the postmortem, the action items."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from stillup.records.plan import Plan
from stillup.records.private.lesson import ActionItem
from stillup.timeline.clock.clock import Clock, after, state
from stillup.timeline.clock.matter import Matter
from stillup.timeline.day import bounds
from stillup.vocabulary import ActionState, ClockState, RecoveryStep

_SECOND = timedelta(seconds=1)


def afterwards(matter: Matter, plan: Plan, zone: ZoneInfo, at: datetime) -> Iterator[Clock]:
    """Yield the clocks of watch, recovery and postmortem of an incident that is over; none where it was none."""
    target = plan.severities.get(matter.severity) if matter.severity is not None and matter.real else None
    record, closed = matter.private, matter.closed
    if target is None or record is None or closed is None:
        return
    said = f"{matter.severity}: "
    if target.watch is not None:
        due = after(closed, target.watch, zone)
        # A proof from before the end of the watch proves no whole watch; one from after it is never late.
        done = due if record.watched is not None and due <= record.watched.at <= at else None
        rule = f"{said}watch closely for {target.watch} after the end, and note it"
        yield _clock(matter, "watch", due, state(closed, due, done, at), "responders", rule)
    if target.recover is not None:
        due = after(closed, target.recover, zone)
        for step in RecoveryStep:
            proof = record.recovered.get(step)
            rule = f"{said}recovery within {target.recover} of the end"
            how = state(closed, due, proof.at if proof else None, at)
            yield _clock(matter, f"recovery/{step}", due, how, "responders", rule)
    review = record.review
    held = review.held_at if review is not None and review.minutes else None
    if target.meeting is not None:
        due = after(closed, target.meeting, zone)
        rule = f"{said}postmortem meeting within {target.meeting} of the end"
        yield _clock(matter, "postmortem/meeting", due, state(closed, due, held, at), "responders", rule)
    if target.document is not None and held is not None and held <= at:
        due = after(held, target.document, zone)
        written = review.documented_at if review is not None and review.document else None
        rule = f"{said}postmortem written within {target.document} of the meeting"
        yield _clock(matter, "postmortem/document", due, state(held, due, written, at), "team", rule)


def actions(id: str, since: datetime, items: Sequence[ActionItem], zone: ZoneInfo, at: datetime) -> Iterator[Clock]:
    """Yield a clock for each action item of the incident or drill `id`, which began at `since`.

    It is in time through the whole civil day that is written, in the page's zone. What was dropped has none.
    """
    for item in items:
        if item.state is ActionState.DROPPED:
            continue
        due = bounds(item.due, zone)[1].astimezone(UTC) - _SECOND
        done = item.state is ActionState.DONE
        how = ClockState.MET if done else state(min(since, due), due, None, at)
        rule = f"{item.priority}: {item.title}"
        yield Clock(
            clock=f"action/{item.id}",
            incident=id,
            due=due,
            state=how,
            audience=item.owner,
            rule=rule,
            closed=True,
        )


def _clock(matter: Matter, name: str, due: datetime, how: ClockState, audience: str, rule: str) -> Clock:
    return Clock(clock=name, incident=matter.id, due=due, state=how, audience=audience, rule=rule, closed=True)
