"""Clocks of the response: who takes it on, when the work begins, who further up is told while it goes on."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from operator import attrgetter

from stillup.amount import money
from stillup.records.plan import Plan, Target, Trigger
from stillup.timeline.clock.clock import Clock, length, state
from stillup.timeline.clock.judged import judged, while_one_of
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
        by = judged(matter, _asked(plan, limit_of), at, done)
        if by is None:
            continue
        said = f"{by.severity}{' (suggested)' if matter.suggested else ''}"
        rule = f"{said}: {name} within {length(by.limit)} of detection"
        how = state(matter.detected, by.due, done, at, lapses=matter.closed is not None)
        yield _clock(matter, name, by.due, how, plan.escalation.first if name == "acknowledge" else "responders", rule)


def _asked(plan: Plan, limit_of: Callable[[Target], timedelta | None]) -> Callable[[Severity], timedelta | None]:
    """Return what says how long the plan gives for a target of a severity."""

    def asked(severity: Severity) -> timedelta | None:
        target = plan.severities.get(severity)
        return limit_of(target) if target is not None else None

    return asked


def chain(matter: Matter, plan: Plan, at: datetime) -> Iterator[Clock]:
    """Yield a clock for each one further up whose turn comes while the incident is open."""
    if matter.private is None:
        return
    below = plan.escalation.first
    for rung in plan.escalation.chain:
        done = min([each.at for each in matter.private.escalated if each.to == rung.to], default=None)
        by = judged(matter, rung.after.get, at, done)
        if by is not None and (done is not None or matter.closed is None or by.due < matter.closed):
            rule = f"{by.severity}: {below} tells {rung.to} {length(by.limit)} after detection"
            how = state(matter.detected, by.due, done, at, lapses=matter.closed is not None)
            yield _clock(matter, f"escalation/{rung.to}", by.due, how, rung.to, rule)
        below = rung.to


def triggers(matter: Matter, plan: Plan, at: datetime) -> Iterator[Clock]:
    """Yield a clock for each one who is to be told because of something that was measured, or will be soon."""
    if matter.private is None:
        return
    for name, trigger in plan.triggers.items():
        if not trigger.active:
            continue
        for moment, why in _fired(trigger, matter, plan, at):
            fired = while_one_of(matter, trigger.severities, moment, at) if trigger.severities else moment
            if fired is None:
                continue
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
            by = judged(matter, _asked(plan, lambda target: target.resolve or target.respond), at)
            if by is not None and _lasts(matter.closed, by.due):
                yield by.due, f"it goes on for longer than the {length(by.limit)} of {by.severity}"
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
                    said = "complaint" if trigger.count == 1 else "complaints"
                    yield complaint.at, f"at least {trigger.count} {said}"
                    break
        case Measure.MEDIA if trigger.count is not None:
            if len(private.media) >= trigger.count:
                yield (
                    private.media[trigger.count - 1].at,
                    f"at least {trigger.count} mention{'' if trigger.count == 1 else 's'} in the media",
                )
        case Measure.MONEY if trigger.amount is not None:
            sums = Decimal(0)
            known = [(cost.at or matter.detected, cost) for cost in private.costs if cost.currency == trigger.currency]
            for when, cost in sorted(known, key=lambda each: each[0]):
                sums += cost.amount
                if sums >= trigger.amount:
                    yield when, f"it costs at least {money(trigger.amount, trigger.currency)}"
                    break


def _lasts(over: datetime | None, until: datetime) -> bool:
    """Whether something that is over at `over` lasts longer than `until`."""
    return over is None or over > until


def _clock(matter: Matter, name: str, due: datetime, how: ClockState, audience: str, rule: str) -> Clock:
    over = matter.closed is not None
    return Clock(clock=name, incident=matter.id, due=due, state=how, audience=audience, rule=rule, closed=over)
