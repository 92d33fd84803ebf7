"""An update that is told late: others that are newer stand in the record already, and it is put before them.

What is newer than `until` is a draft, and counts only once it is public; without `until` everything counts.
"""

from dataclasses import replace
from datetime import datetime

from stillup.errors import Level, Problem, RecordError
from stillup.records.incident import Incident, Update
from stillup.records.moment import utc
from stillup.timeline.course import course
from stillup.vocabulary import Kind, Severity, UpdateStatus


def standing(record: Incident, at: datetime) -> Update:
    """Return the newest update of `record` that was written by `at`, without those that were withdrawn; else the first.

    It says how far the work had come then.
    """
    counting = [update for update in record.updates if update.withdrawn is None] or list(record.updates)
    return next((update for update in reversed(counting) if update.at <= at), counting[0])


def newer(record: Incident, at: datetime, until: datetime | None) -> tuple[Update, ...]:
    """Return the updates before which one of `at` is put."""
    return tuple(
        update
        for update in record.updates
        if update.at > at and update.withdrawn is None and (until is None or update.at <= until)
    )


def put_before(record: Incident, name: str, path: str, until: datetime | None) -> tuple[Problem, ...]:
    """Return what it means that the new update `name` at `path` is not the newest; nothing where it is.

    `record` has it already.

    Raises:
        RecordError: it cannot be true together with what is newer or older.
    """
    number = next(number for number, update in enumerate(record.updates) if update.id == name)
    new = record.updates[number]
    later = newer(record, new.at, until)
    if not later:
        return ()
    after = utc(later[0].at)
    if not any(update.withdrawn is None for update in record.updates[:number]):
        message = f"The first word was told at {after}, and this is before it."
        fix = "Write a later --at. When it really began belongs into started_at: stillup incident edit ID --started."
        raise RecordError([_problem(path, "at", message, fix, Level.ERROR)])
    if new.status.closes and new.occurrence is None:
        message = f"It would be over before the update of {after}, which would open it again."
        fix = f"Leave --at out, or write one after {utc(later[-1].at)}; --ended says when customers stopped noticing."
        raise RecordError([_problem(path, "status", message, fix, Level.ERROR)])
    parts = [f"A newer update of {after} is there already, and this one is put before it."]
    if record.kind is Kind.INCIDENT:
        parts += [f"The incident stays {later[-1].status}.", *_moved(record, new)]
    silent = record.backfilled or record.severity is Severity.P3
    told = not silent if new.notify is None else new.notify
    fix = "Whoever was told the newer one is told this after it. Add --no-notify to tell nobody." if told else ""
    return (_problem(path, "at", " ".join(parts), fix, Level.WARNING),)


def opened_again(record: Incident, status: UpdateStatus, path: str, at: datetime) -> tuple[Problem, ...]:
    """Return what it means that an update of `at` with `status` opens `record` again although it says when it ended.

    An open record has no end, so `ended_at` in the file at `path` must go. Nothing where it may stay.
    """
    if record.ended_at is None or status.closes or newer(record, at, None):
        return ()
    over = next((update.at for update in reversed(record.updates) if update.status.closes), record.ended_at)
    message = f"It is open again, so its end is taken out; it was {utc(record.ended_at)}."
    counted = f" What was affected then counts until {utc(over)}, when it was told to be over."
    fix = "Say the end once more when it is over: --ended INSTANT."
    return (_problem(path, "ended_at", message + (counted if over > record.ended_at else ""), fix, Level.WARNING),)


def _moved(record: Incident, new: Update) -> list[str]:
    """Return a sentence for each component that is in another state from now on: what is newer does not name it."""
    before = _held(replace(record, updates=tuple(update for update in record.updates if update is not new)))
    after = _held(record)
    return [
        f"From now on {component} is {after.get(component, 'operational')}: nothing newer names it."
        for component in sorted(before.keys() | after.keys())
        if before.get(component) != after.get(component)
    ]


def _held(record: Incident) -> dict[str, str]:
    claims = course(record, record.updates[-1].at).claims
    return {claim.component: str(claim.status) for claim in claims if claim.end is None}


def _problem(path: str, field: str, message: str, fix: str, level: Level) -> Problem:
    return Problem(file=path, field=field, code="earlier", level=level, message=message, fix=fix)
