"""What an update tells of a time before it: whether that can be, and what was said before that it takes back."""

from collections.abc import Sequence
from datetime import datetime

from stillup.records.finding import Findings, Told
from stillup.records.moment import utc
from stillup.vocabulary import ComponentStatus


def check(counting: Sequence[Told], started: datetime | None, findings: Findings) -> None:
    """Find changes from before the incident, and say which states a change takes back that was told later.

    `counting` are the updates of an incident that stand, by time.
    """
    began = counting[0].update.at if started is None else started
    said: dict[str, list[tuple[datetime, ComponentStatus]]] = {}
    for entry in counting:
        update, loc = entry.update, (*entry.loc, "changed_at")
        if update.status.closes:
            said.clear()
            continue
        moment = update.changed_at or update.at
        if update.changed_at is not None and moment < began and entry is not counting[0]:
            message = f"Its components changed before the incident began, at {utc(began)}."
            findings.say(entry.document, loc, message, f"Write {utc(began)} or later, or an earlier started_at:.")
            continue
        for name, status in update.components.items():
            before = said.setdefault(name, [])
            gone = [each for each in before if each[0] >= moment and each[1] is not status]
            if update.changed_at is not None and gone:
                since, was = gone[0]
                message = f"From then on {name} is {status}, which takes back that it was {was} from {utc(since)} on."
                findings.warn(entry.document, loc, message, f"Write a time after {utc(since)} if it was.")
            said[name] = [*(each for each in before if each[0] < moment), (moment, status)]
