"""Whether windows can take place: the one of a maintenance, those of a series, and those that updates move."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from stillup.count import counted
from stillup.fix import Fix, leave, named, write
from stillup.records.document import Document, Loc
from stillup.records.finding import Findings, Told, repeated
from stillup.records.moment import utc
from stillup.records.refusal import Unusable
from stillup.records.series import Series
from stillup.records.written import WrittenSchedule
from stillup.vocabulary import Kind

_FEW = 10
"""Wrong occurrences that are said in one run: to find those around one, a long series is walked through again."""

_ENDS = "The window ends before it begins."


def of_schedule(schedule: WrittenSchedule, main: Document, told: Sequence[Told], zone: str, findings: Findings) -> None:
    """Find what is wrong with the planned windows, and with what updates say of them."""
    if schedule.end <= schedule.start:
        findings.say(main, ("scheduled", "end"), _ENDS, f"Write a time after {utc(schedule.start)}.")
    for index in repeated(schedule.reminders):
        loc = ("scheduled", "reminders", index)
        findings.say(main, loc, "This reminder stands here twice.", "Keep one of the two.")
    if schedule.recurrence:
        _series(schedule, main, told, schedule.timezone or zone, findings)
    elif schedule.exceptions:
        message = "Only a series has exceptions, and there is no recurrence."
        findings.say(main, ("scheduled", "except"), message, Fix(leave("except"), "."), at_key=True)


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
    if (real := series.real(series.start)) != schedule.start.astimezone(UTC):
        message = f"{series.start:%H:%M} comes twice that day in {zone}; a series begins at the first, at {utc(real)}."
        fix = "Write that, or announce this window by itself and begin the series with the next one."
        findings.say(main, ("scheduled", "start"), message, fix)
        return
    gap = series.gap()
    if gap is not None and schedule.end - schedule.start > gap:
        message = f"A window lasts longer than the {_words(gap)} until the next one begins."
        findings.say(main, ("scheduled", "end"), message, Fix("Write an earlier ", named("end"), "."))
    _named(schedule, series, main, told, findings)


def _named(schedule: WrittenSchedule, series: Series, main: Document, told: Sequence[Told], findings: Findings) -> None:
    """Find exceptions, and occurrences in updates, that the rule does not give and to which none has moved."""
    named: list[tuple[datetime, Document, Loc]] = [
        (start, main, ("scheduled", "except", index)) for index, start in enumerate(schedule.exceptions)
    ]
    moved = set()
    for entry in told:
        update, move = entry.update, entry.update.scheduled
        if update.occurrence is not None:
            named.append((update.occurrence, entry.document, (*entry.loc, "occurrence")))
        elif move is not None and move.occurrence is not None:
            named.append((move.occurrence, entry.document, (*entry.loc, "scheduled", "occurrence")))
        if move is not None:
            moved.add(move.start)
    wrong = set(series.missing(start for start, _, _ in named if start not in moved))
    for start, document, loc in [each for each in named if each[0] in wrong][:_FEW]:
        message = f"{utc(start)} is not the start of an occurrence."
        findings.say(document, loc, message, f"Write {series.near(start)}.")


def of_move(told: Told, kind: Kind, series: bool, findings: Findings) -> None:
    """Find what is wrong with the window or the occurrence that an update names; `series`: the record has several."""
    update, document, loc = told.update, told.document, told.loc
    move, named, occurrence = update.scheduled, (*loc, "occurrence"), update.occurrence
    if move is not None:
        window = (*loc, "scheduled")
        if kind is Kind.INCIDENT:
            fix = Fix(write("kind", "maintenance"), ", or leave it out.")
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
                Fix(write("occurrence"), " and its old start."),
            )
            findings.say(document, window, message, fix, code="missing")
    if occurrence is not None and not series:
        message = "Only a series has occurrences, and this record has no recurrence."
        findings.say(document, named, message, Fix(leave("occurrence"), "."), at_key=True)


def _words(length: timedelta) -> str:
    minutes = int(length.total_seconds()) // 60
    return counted(minutes // 1440, "day") if minutes % 1440 == 0 else f"{minutes // 60} h {minutes % 60} min"
