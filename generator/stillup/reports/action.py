"""Action items of incidents: what was done, what is to be done, and by whom."""

from collections.abc import Iterable
from datetime import date

from stillup.frozen import dataclass
from stillup.records.private.lesson import ActionItem
from stillup.reports.survey import Survey
from stillup.timeline.metric_case import Apart, Case
from stillup.timeline.metric_period import Period
from stillup.vocabulary import ActionState

_SOURCES = (None, Apart.FALSE_ALARM, Apart.DUPLICATE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """One of them."""

    source: str
    """The incident or drill it follows from."""

    item: ActionItem


def actions(survey: Survey) -> tuple[Action, ...]:
    """Return all action items of incidents and of drills that were held, by due day, priority, then name.

    A false alarm or a duplicate counts for nothing, but what is to be done because of it is to be done.
    """
    found = [
        Action(source=case.id, item=item)
        for case in survey.cases
        if case.private is not None and case.apart in _SOURCES
        for item in case.private.action_items
    ]
    found += [
        Action(source=drill.id, item=item)
        for drill in survey.private.drills.values()
        if drill.held_at is not None and drill.held_at <= survey.at
        for item in drill.action_items
    ]
    return tuple(sorted(found, key=lambda each: (each.item.due, each.item.priority, each.source, each.item.id)))


def done(survey: Survey, period: Period, cases: Iterable[Case]) -> tuple[Action, ...]:
    """Return what was done that was due in `period`, or follows from one of `cases`: no record says on which day."""
    ids = {case.id for case in cases}
    return tuple(
        each
        for each in actions(survey)
        if each.item.state is ActionState.DONE and (period.first <= each.item.due < period.beyond or each.source in ids)
    )


def open_until(survey: Survey, beyond: date) -> tuple[Action, ...]:
    """Return what is to be done and due before `beyond`, overdue ones included."""
    return tuple(each for each in actions(survey) if each.item.state is ActionState.OPEN and each.item.due < beyond)


def told(action: Action, today: date | None = None) -> str:
    """Return it in a line: what, who, by when; overdue at `today`."""
    late = ", overdue" if today is not None and today > action.item.due else ""
    return f"{action.item.title} - {action.item.owner} (due {action.item.due}{late}; {action.source})"
