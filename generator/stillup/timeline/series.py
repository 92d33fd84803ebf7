"""The windows of a maintenance: one, or those of a series, and which of them each update speaks of."""

from collections.abc import Sequence
from datetime import UTC, datetime

from stillup.records.incident import Incident, Schedule, Update
from stillup.timeline.phase import Step
from stillup.timeline.recurrence import YEAR, starts
from stillup.timeline.window import LONG_AGO, Window
from stillup.vocabulary import ComponentStatus, UpdateStatus


def windows(incident: Incident, steps: Sequence[Step], at: datetime) -> list[Window]:
    """Return every window as it stands at `at`, by start: all past ones, those within a year, at least the next."""
    schedule = incident.scheduled or _unplanned(incident, steps)
    series = bool(schedule.recurrence)
    plan = _planned(schedule, steps, at)
    for number, (moment, update) in enumerate(steps):
        first, general = number == 0, series and _is_general(update)
        told = plan if general else _spoken_of(plan, update, moment)
        states = (LONG_AGO if first else moment, _states(update, first=first))
        for window in plan if first else told:
            window.states.append(states)
        for window in told if series and not first and not general else ():
            window.told.append(update.id)
        if general and update.status is UpdateStatus.SCHEDULED:
            told = [window for window in plan if _is_reinstated(window, moment)]
        for window in told:
            window.take(update, moment)
        plan.sort(key=lambda window: window.start)
    for window in plan:
        window.tick(at)
    if not series:
        _corrected(plan[0], incident, at)
    return plan


def _planned(schedule: Schedule, steps: Sequence[Step], at: datetime) -> list[Window]:
    """Return the windows as first announced. A series that was called off is looked at no further than from then.

    All windows are equally long, in hours that really pass, also where clocks change (RFC 5545, 3.8.5.3, DTEND).
    """
    seen_from = at
    for moment, update in steps:
        if _is_general(update):
            seen_from = moment if update.status is UpdateStatus.CANCELLED else at
    named = [named for _, update in steps if (named := _occurrence(update)) is not None]
    length = schedule.end.astimezone(UTC) - schedule.start.astimezone(UTC)
    auto = schedule.auto or steps[0][1].status.closes
    return [
        Window(planned=start, start=start, end=start + length, auto=auto)
        for start in starts(schedule, seen_from, max([seen_from + YEAR, *named]))
    ]


def _unplanned(incident: Incident, steps: Sequence[Step]) -> Schedule:
    """Return a window for a maintenance that was never scheduled: its updates alone say when it took place."""
    work = [moment for moment, update in steps if update.status is not UpdateStatus.SCHEDULED]
    start = incident.started_at or (work or [steps[0][0]])[0]
    end = incident.ended_at or next((moment for moment, update in steps if update.status.closes), start)
    return Schedule(start=start, end=max(start, end), auto=False)


def _occurrence(update: Update) -> datetime | None:
    """Return the start of the occurrence that `update` names."""
    named = update.occurrence or (update.scheduled and update.scheduled.occurrence)
    return named.astimezone(UTC) if named else None


def _is_general(update: Update) -> bool:
    """Whether an update of a series speaks of all that is still to come."""
    whole = update.status in (UpdateStatus.SCHEDULED, UpdateStatus.CANCELLED)
    return whole and update.scheduled is None and update.occurrence is None


def _is_reinstated(window: Window, moment: datetime) -> bool:
    return window.status is UpdateStatus.CANCELLED and window.end > moment


def _states(update: Update, *, first: bool) -> dict[str, ComponentStatus]:
    """Return what `update` says of components while the work goes on.

    An announcement that calls a component operational tells of the day it was written, not of the window.
    """
    if update.status.closes and not first:
        return {}
    if update.status is not UpdateStatus.SCHEDULED and not update.status.closes:
        return dict(update.components)
    maintained = ComponentStatus.UNDER_MAINTENANCE
    return {name: max(status, maintained, key=lambda state: state.rank) for name, status in update.components.items()}


def _spoken_of(plan: Sequence[Window], update: Update, moment: datetime) -> list[Window]:
    """Return the window that `update` names; without a name the one running, else just over, else next."""
    named = _occurrence(update)
    for window in plan if named is not None else ():
        if named in (window.planned, window.start):
            return [window]
    for window in plan:
        window.tick(moment)
    past = [window for window in plan if window.start <= moment]
    coming = [window for window in plan if window.start > moment and window.finished is None]
    running = [window for window in plan if window.running]
    inside = [window for window in past if moment < window.end and window.finished is None]
    over = [window for window in past if update.status is UpdateStatus.COMPLETED or _is_just_over(window, moment)]
    if update.status is UpdateStatus.SCHEDULED:
        over = []
    return [*running, *inside, *reversed(over), *coming, *reversed(plan)][:1]


def _is_just_over(window: Window, moment: datetime) -> bool:
    """Whether less than its own length has passed since it ended."""
    return moment < window.end + (window.end - window.start)


def _corrected(window: Window, incident: Incident, at: datetime) -> None:
    """Let the record's own word on when customers noticed it, `started_at` and `ended_at`, stand above the clock."""
    if window.runs and incident.started_at is not None:
        first = window.runs[0]
        start = min(incident.started_at.astimezone(UTC), at)
        first.start = start if first.end is None else min(start, first.end)
    if window.status is UpdateStatus.COMPLETED and incident.ended_at is not None and incident.ended_at <= at:
        end = incident.ended_at.astimezone(UTC)
        window.runs = [run for run in window.runs if run.start < end]
        for run in window.runs[-1:]:
            run.end = end
