"""Clocks of exercises: one of each kind in every month or quarter of the page's zone."""

from collections.abc import Collection, Iterator
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from stillup.records.plan import DrillRule, Plan
from stillup.records.private.drill import Drill
from stillup.timeline.clock.clock import Clock, state
from stillup.timeline.day import bounds
from stillup.vocabulary import DrillType, Every

_SECOND = timedelta(seconds=1)


def exercises(drills: Collection[Drill], plan: Plan, zone: ZoneInfo, at: datetime) -> Iterator[Clock]:
    """Yield the clocks of the month and quarter of `at`, and of those before where exercises were known by then.

    An exercise counts when it was held and something shows it. What was left out stays overdue for the next month or
    quarter; after that only the record knows.
    """
    today = at.astimezone(zone).date()
    for kind, rule in plan.drills.items():
        if rule.every is None:
            continue
        first = _first(today, rule.every)
        before = _first(first - timedelta(days=1), rule.every)
        if any(drill.date < first for drill in drills):
            yield _clock(kind, rule, before, drills, zone, at)
        yield _clock(kind, rule, first, drills, zone, at)


def over(
    drills: Collection[Drill], plan: Plan, zone: ZoneInfo, first: date, beyond: date, at: datetime
) -> Iterator[Clock]:
    """Yield the clock of each exercise that is due from `first` up to `beyond`, oldest first by kind."""
    for kind, rule in plan.drills.items():
        if rule.every is None:
            continue
        start = _first(first, rule.every)
        while start < beyond:
            following = _first(start + timedelta(days=32 if rule.every is Every.MONTH else 93), rule.every)
            if first < following <= beyond:
                yield _clock(kind, rule, start, drills, zone, at)
            start = following


def _clock(
    kind: DrillType, rule: DrillRule, first: date, drills: Collection[Drill], zone: ZoneInfo, at: datetime
) -> Clock:
    assert rule.every is not None
    following = _first(first + timedelta(days=32 if rule.every is Every.MONTH else 93), rule.every)
    start = bounds(first, zone)[0].astimezone(UTC)
    due = bounds(following, zone)[0].astimezone(UTC) - _SECOND
    held = [
        drill.held_at
        for drill in drills
        if drill.type is kind and drill.held_at is not None and drill.evidence and start <= drill.held_at <= due
    ]
    quarter = (first.month - 1) // 3
    name = f"{first.year}-{first.month:02}" if rule.every is Every.MONTH else f"{first.year}-q{quarter + 1}"
    what = f": {rule.scenarios[quarter]}" if len(rule.scenarios) > quarter else ""
    return Clock(
        clock=f"drill/{kind}/{name}",
        incident="",
        due=due,
        state=state(start, due, min(held, default=None), at),
        audience="team",
        rule=f"one {kind.replace('_', ' ')} exercise every {rule.every}{what}",
        closed=True,
    )


def _first(day: date, every: Every) -> date:
    """Return the first day of the month or quarter of `day`."""
    month = day.month if every is Every.MONTH else (day.month - 1) // 3 * 3 + 1
    return date(day.year, month, 1)
