"""Clocks of the response: who takes it on, when the work begins, who further up is told while it goes on."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from operator import attrgetter

from stillup.records.plan import Plan, Target, Trigger
from stillup.timeline.clock.clock import Clock, length, state
from stillup.timeline.clock.matter import Matter
from stillup.vocabulary import ClockState, Measure, Severity

_OWED = frozenset({Measure.MONEY, Measure.MEDIA, Measure.OUTAGE})
"""What is still owed when the incident is over."""

_RANK = ("P3", "P2", "P1", "P0")


def targets(matter: Matter, plan: Plan, at: datetime) -> Iterator[Clock]:
    """Yield the clocks of acknowledgement and response, by severity."""
    if matter.private is None:
        return
    for name, limit_of, done in (
        ("acknowledge", attrgetter("acknowledge"), matter.private.acknowledged_at),
        ("respond", attrgetter("respond"), matter.answered),
    ):
        severity, limit = _target(matter, plan, limit_of, at)
        if limit is None:
            continue
        due = matter.detected + limit
        said = f"{severity}{' (suggested)' if matter.suggested else ''}"
        rule = f"{said}: {name} within {length(limit)} of detection"
        how = state(matter.detected, due, done, at, lapses=matter.closed is not None)
        yield _clock(matter, name, due, how, plan.escalation.first if name == "acknowledge" else "responders", rule)


def _target(
    matter: Matter, plan: Plan, limit_of: Callable[[Target], timedelta | None], at: datetime
) -> tuple[Severity | None, timedelta | None]:
    """Return the limit that counts and the severity it belongs to.

    That is the present one, unless an earlier one ran out while it still held: what was missed then stays missed.
    """
    changes = matter.private.reclassified if matter.private is not None else ()
    held = [(change.was, change.at) for change in changes if change.at <= at]
    for severity, until in (*held, (matter.severity, None)):
        target = plan.severities.get(severity) if severity is not None else None
        limit = limit_of(target) if target is not None else None
        if limit is not None and (until is None or matter.detected + limit < until):
            return severity, limit
    return None, None


def chain(matter: Matter, plan: Plan, at: datetime) -> Iterator[Clock]:
    """Yield a clock for each one further up whose turn comes while the incident is open."""
    if matter.private is None or matter.severity is None:
        return
    below = plan.escalation.first
    for rung in plan.escalation.chain:
        limit = rung.after.get(matter.severity)
        told = [each.at for each in matter.private.escalated if each.to == rung.to]
        if limit is not None:
            due = matter.detected + limit
            if told or matter.closed is None or due < matter.closed:
                rule = f"{matter.severity}: {below} tells {rung.to} {length(limit)} after detection"
                how = state(matter.detected, due, min(told, default=None), at, lapses=matter.closed is not None)
                yield _clock(matter, f"escalation/{rung.to}", due, how, rung.to, rule)
        below = rung.to


def triggers(matter: Matter, plan: Plan, at: datetime) -> Iterator[Clock]:
    """Yield a clock for each one who is to be told because of something that was measured, or will be soon."""
    if matter.private is None:
        return
    for name, trigger in plan.triggers.items():
        if not trigger.active or (trigger.severities and matter.severity not in trigger.severities):
            continue
        for fired, why in _fired(trigger, matter, plan, at):
            due = fired + (trigger.within or timedelta(0))
            limit = f" within {length(trigger.within)}" if trigger.within else " at once"
            for role in trigger.to:
                done = _told(matter, role, name, fired)
                rule = f"{why}: tell {role}{limit}"
                over = matter.closed is not None and trigger.measure not in _OWED
                how = state(min(matter.detected, fired), due, done, at, lapses=over)
                if how is ClockState.LATE and trigger.within is None:
                    how = ClockState.MET  # at once has no minutes to be late by
                yield _clock(matter, f"trigger/{name}/{role}", due, how, role, rule)


def _told(matter: Matter, role: str, name: str, fired: datetime) -> datetime | None:
    """Return when `role` was told of the trigger `name`: by name, or of the incident as it was since then."""
    assert matter.private is not None
    told = [
        each.at
        for each in matter.private.escalated
        if each.to == role and (name in each.about or (not each.about and each.at >= fired))
    ]
    return min(told, default=None)


def _fired(trigger: Trigger, matter: Matter, plan: Plan, at: datetime) -> Iterator[tuple[datetime, str]]:
    """Yield when a trigger fired, or will by the clock alone, and why."""
    private = matter.private
    assert private is not None
    match trigger.measure:
        case Measure.DURATION:
            target = plan.severities.get(matter.severity) if matter.severity is not None else None
            limit = (target.resolve or target.respond) if target is not None else None
            if limit is not None and _lasts(matter.closed, matter.detected + limit):
                yield matter.detected + limit, f"it goes on for longer than the {length(limit)} of {matter.severity}"
        case Measure.OUTAGE if trigger.after is not None:
            if _lasts(matter.recovered or matter.closed, matter.began + trigger.after):
                yield matter.began + trigger.after, f"customers are affected for {length(trigger.after)}"
        case Measure.SEVERITY:
            for change in reversed(private.reclassified):
                if change.at <= at and _RANK.index(change.severity) > _RANK.index(change.was):
                    yield change.at, f"its severity rose from {change.was} to {change.severity}"
                    break  # whoever hears of the newest rise knows of those before it
        case Measure.SYSTEMS if trigger.count is not None:
            reached = next((when for when, count in matter.reached if count >= (trigger.count or 0)), None)
            if reached is not None:
                yield max(reached, matter.detected), f"at least {trigger.count} systems are affected"
        case Measure.COMPLAINTS if trigger.count is not None:
            total = 0
            for complaint in private.complaints:
                total += complaint.count
                if total >= trigger.count:
                    yield complaint.at, f"at least {trigger.count} complaints"
                    break
        case Measure.MEDIA if trigger.count is not None:
            if len(private.media) >= trigger.count:
                yield private.media[trigger.count - 1].at, f"at least {trigger.count} mentions in the media"
        case Measure.MONEY if trigger.amount is not None:
            sums = Decimal(0)
            known = [(cost.at or matter.detected, cost) for cost in private.costs if cost.currency == trigger.currency]
            for when, cost in sorted(known, key=lambda each: each[0]):
                sums += cost.amount
                if sums >= trigger.amount:
                    yield when, f"it costs at least {trigger.amount} {trigger.currency}"
                    break


def _lasts(over: datetime | None, until: datetime) -> bool:
    """Whether something that is over at `over` lasts longer than `until`."""
    return over is None or over > until


def _clock(matter: Matter, name: str, due: datetime, how: ClockState, audience: str, rule: str) -> Clock:
    over = matter.closed is not None
    return Clock(clock=name, incident=matter.id, due=due, state=how, audience=audience, rule=rule, closed=over)
