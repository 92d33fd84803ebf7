"""Whether windows can take place: the one of a maintenance, those of a series, and those that updates move."""

from collections.abc import Sequence
from datetime import timedelta

from stillup.records.document import Document
from stillup.records.finding import Findings, Told
from stillup.records.moment import utc
from stillup.records.refusal import Unusable
from stillup.records.series import Series
from stillup.records.written import WrittenSchedule
from stillup.vocabulary import Kind

_ENDS = "The window ends before it begins."


def of_schedule(schedule: WrittenSchedule, main: Document, told: Sequence[Told], zone: str, findings: Findings) -> None:
    """Find what is wrong with the planned windows, and with what updates say of them."""
    if schedule.end <= schedule.start:
        findings.say(main, ("scheduled", "end"), _ENDS, f"Write a time after {utc(schedule.start)}.")
    for index, reminder in enumerate(schedule.reminders):
        if reminder in schedule.reminders[:index]:
            loc = ("scheduled", "reminders", index)
            findings.say(main, loc, "This reminder stands here twice.", "Keep one of the two.")
    if schedule.recurrence:
        _series(schedule, main, told, schedule.timezone or zone, findings)
    elif schedule.exceptions:
        message = "Only a series has exceptions, and there is no recurrence."
        findings.say(main, ("scheduled", "except"), message, "Leave except out.", at_key=True)


def _series(schedule: WrittenSchedule, main: Document, told: Sequence[Told], zone: str, findings: Findings) -> None:
    """Find a rule that cannot be followed, and times that it does not give."""
    try:
        series = Series(schedule.recurrence, schedule.start, zone)
        first = series.first(1)
    except Unusable as error:
        findings.say(main, ("scheduled", "recurrence"), error.message, error.fix, code="value")
        return
    if first != [series.start]:
        fix = f"Write {series.near(schedule.start)}." if first else "Write a rule that gives it."
        findings.say(main, ("scheduled", "start"), "The first window is not one that the rule gives.", fix)
        return
    gap = series.gap()
    if gap is not None and schedule.end - schedule.start > gap:
        message = f"A window lasts longer than the {_words(gap)} until the next one begins."
        findings.say(main, ("scheduled", "end"), message, "Write an earlier end.")
    for missing in series.missing(schedule.exceptions):
        loc = ("scheduled", "except", schedule.exceptions.index(missing))
        message = f"{utc(missing)} is not the start of an occurrence."
        findings.say(main, loc, message, f"Write {series.near(missing)}.")
    _occurrences(series, told, findings)


def _occurrences(series: Series, told: Sequence[Told], findings: Findings) -> None:
    """Check that updates name occurrences of the series, by their first start or one they have moved to."""
    moved = {entry.update.scheduled.start for entry in told if entry.update.scheduled is not None}
    for entry in told:
        update = entry.update
        named = update.occurrence or (update.scheduled.occurrence if update.scheduled is not None else None)
        if named is None or named in moved or not list(series.missing([named])):
            continue
        where = ("occurrence",) if update.occurrence is not None else ("scheduled", "occurrence")
        message = f"{utc(named)} is not the start of an occurrence."
        findings.say(entry.document, (*entry.loc, *where), message, f"Write {series.near(named)}.")


def of_move(told: Told, kind: Kind, series: bool, findings: Findings) -> None:
    """Find what is wrong with the window or the occurrence that an update names; `series`: the record has several."""
    update, document, loc = told.update, told.document, told.loc
    move, named, occurrence = update.scheduled, (*loc, "occurrence"), update.occurrence
    if move is not None:
        window = (*loc, "scheduled")
        if kind is Kind.INCIDENT:
            fix = "Write kind: maintenance, or leave it out."
            findings.say(document, window, "An incident has no window that could move.", fix, at_key=True)
        if move.end <= move.start:
            findings.say(document, (*window, "end"), _ENDS, f"Write a time after {utc(move.start)}.")
        if update.status.closes:
            message = f"A maintenance that is {update.status} cannot move."
            findings.say(document, window, message, "Use scheduled, or leave the window out.", at_key=True)
        if move.occurrence is not None:
            named = (*window, "occurrence")
            if occurrence is not None and occurrence != move.occurrence:
                findings.say(document, named, "The update names two occurrences.", "Keep one of the two.")
            occurrence = move.occurrence
        elif occurrence is None and series:
            message, fix = (
                "It is not said which occurrence of the series moves.",
                "Write occurrence: and its old start.",
            )
            findings.say(document, window, message, fix, code="missing")
    if occurrence is not None and not series:
        message = "Only a series has occurrences, and this record has no recurrence."
        findings.say(document, named, message, "Leave occurrence out.", at_key=True)


def _words(length: timedelta) -> str:
    minutes = int(length.total_seconds()) // 60
    return f"{minutes // 1440} days" if minutes % 1440 == 0 else f"{minutes // 60} h {minutes % 60} min"
