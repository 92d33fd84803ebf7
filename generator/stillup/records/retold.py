"""What an update tells of a time before it: whether that can be, and what was said before that it takes back.

An incident that is opened again has phases. Between them nothing is affected: an update tells of its own alone.
"""

from collections.abc import Sequence
from datetime import datetime

from stillup.fix import Fix, named
from stillup.records.finding import Findings, Told
from stillup.records.moment import utc
from stillup.records.phase import Phase
from stillup.vocabulary import ComponentStatus


def check(counting: Sequence[Told], started: datetime | None, findings: Findings) -> None:
    """Find changes from before the incident or its phase, and say which states one takes back that was told later.

    `counting` are the updates of an incident that stand, by time.
    """
    phase = Phase(counting[0].update.at if started is None else started)
    said: dict[str, list[tuple[datetime, ComponentStatus]]] = {}
    for entry in counting:
        update, loc = entry.update, (*entry.loc, "changed_at")
        moment = update.changed_at or update.at
        phase.follow(update.at, moment, closes=update.status.closes)
        if update.status.closes:
            said.clear()
            continue
        if update.changed_at is not None and moment < phase.began and entry is not counting[0]:
            findings.say(entry.document, loc, *_early(moment, phase))
            continue
        for component, status in update.components.items():
            before = said.setdefault(component, [])
            gone = [each for each in before if each[0] >= moment and each[1] is not status]
            if update.changed_at is not None and gone:
                since, was = gone[0]
                message = (
                    f"From then on {component} is {status}, which takes back that it was {was} from {utc(since)} on."
                )
                findings.warn(entry.document, loc, message, f"Write a time after {utc(since)} if it was.")
            said[component] = [*(each for each in before if each[0] < moment), (moment, status)]


def _early(moment: datetime, phase: Phase) -> tuple[str, str]:
    """Return what is wrong with a change of `moment`, before its phase began, and what to write instead."""
    began, over, again = phase.began, phase.before, phase.told
    if over is None or again is None:
        return (
            f"Its components changed before the incident began, at {utc(began)}.",
            Fix(f"Write {utc(began)} or later, or an earlier ", named("started_at"), "."),
        )
    if moment < over:
        return (
            f"Its components changed before the incident was resolved, at {utc(over)}, and it was opened again since.",
            f"Write {utc(began)} or later. What was before belongs into an update with an at: before {utc(over)}.",
        )
    return (
        f"Its components changed before the incident was opened again, at {utc(began)}; nothing was affected then.",
        f"Write {utc(began)} or later, or an earlier changed_at: in the update of {utc(again)} that opened it again.",
    )
