"""An update that is written ahead of its time: nobody reads it before, so whoever wrote it is told when they will."""

from datetime import datetime

from stillup.errors import Level, Problem
from stillup.pipeline.change.trial import Trial
from stillup.records.moment import utc
from stillup.timeline.publication import drafts
from stillup.vocabulary import Kind


def ahead(trial: Trial, now: datetime) -> tuple[Problem, ...]:
    """Return that the new update of a change still waits at `now`, and who is told of it when; nothing where none does.

    `now` is when people write, which is not the instant they write for.
    """
    record, change = trial.record, trial.change
    waiting = drafts(record, now) if record is not None and change.news else ()
    new = next((update for update in waiting if update.id == change.update), None)
    if record is None or new is None:
        return ()
    due = utc(new.at)
    what = "This update"
    if new is record.updates[0]:
        what = "This incident" if record.kind is Kind.INCIDENT else "This maintenance"
    message = f"{what} is a draft until {due}: before that no page shows it and nobody is told."
    then = "tells those who follow it" if trial.messages else "tells nobody"
    fix = f"The first stillup publish from then on shows it and {then}. Leave --at out to say it now."
    path = max(path for path, body in change.files.items() if body is not None and path not in change.internal)
    return (Problem(file=path, field="at", code="draft", level=Level.WARNING, message=message, fix=fix),)
