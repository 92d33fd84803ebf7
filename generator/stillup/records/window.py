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


def of_schedule(schedule: WrittenSchedule, main: Document, told: Sequence[Told], zone: str, findings: Findings) -> None:
    """Find what is wrong with the planned windows, and with what updates say of them."""
    if schedule.end <= schedule.start:
        findings.say(
            main,
            ("scheduled", "end"),
            "The window ends before it begins.",
            f"Write a time after {utc(schedule.start)}.",
        )
    for index, reminder in enumerate(schedule.reminders):
        if reminder in schedule.reminders[:index]:
            findings.say(
                main, ("scheduled", "reminders", index), "This reminder stands here twice.", "Keep one of the two."
            )
    if not schedule.recurrence:
        if schedule.exceptions:
            findings.say(
                main,
                ("scheduled", "except"),
                "Only a series has exceptions, and there is no recurrence.",
                "Leave except out.",
                at_key=True,
            )
        return
    try:
        series = Series(schedule.recurrence, schedule.start, schedule.timezone or zone)
        first = series.first(1)
    except Unusable as error:
        findings.say(main, ("scheduled", "recurrence"), error.message, error.fix, code="value")
        return
    if first != [series.start]:
        findings.say(
            main,
            ("scheduled", "start"),
            "The first window is not one that the rule gives.",
            f"Write {series.near(schedule.start)}." if first else "Write a rule that gives it.",
        )
        return
    gap = series.gap()
    if gap is not None and schedule.end - schedule.start > gap:
        findings.say(
            main,
            ("scheduled", "end"),
            f"A window lasts longer than the {_words(gap)} until the next one begins.",
            "Write an earlier end.",
        )
    for missing in series.missing(schedule.exceptions):
        index = schedule.exceptions.index(missing)
        findings.say(
            main,
            ("scheduled", "except", index),
            f"{utc(missing)} is not the start of an occurrence.",
            f"Write {series.near(missing)}.",
        )
    _occurrences(series, told, findings)


def of_move(told: Told, kind: Kind, series: bool, findings: Findings) -> None:
    """Find what is wrong with the window or the occurrence that an update names; `series`: the record has several."""
    update, document, loc = told.update, told.document, told.loc
    move, named = update.scheduled, (*loc, "occurrence")
    occurrence = update.occurrence
    if move is not None:
        if kind is Kind.INCIDENT:
            findings.say(
                document,
                (*loc, "scheduled"),
                "An incident has no window that could move.",
                "Write kind: maintenance, or leave it out.",
                at_key=True,
            )
        if move.end <= move.start:
            findings.say(
                document,
                (*loc, "scheduled", "end"),
                "The window ends before it begins.",
                f"Write a time after {utc(move.start)}.",
            )
        if update.status.closes:
            findings.say(
                document,
                (*loc, "scheduled"),
                f"A maintenance that is {update.status} cannot move.",
                "Use scheduled, or leave the window out.",
                at_key=True,
            )
        if move.occurrence is not None:
            named = (*loc, "scheduled", "occurrence")
            if occurrence is not None and occurrence != move.occurrence:
                findings.say(document, named, "The update names two occurrences.", "Keep one of the two.")
            occurrence = move.occurrence
    if occurrence is not None and not series:
        findings.say(
            document,
            named,
            "Only a series has occurrences, and this record has no recurrence.",
            "Leave occurrence out.",
            at_key=True,
        )
    if move is not None and occurrence is None and series:
        findings.say(
            document,
            (*loc, "scheduled"),
            "It is not said which occurrence of the series moves.",
            "Write occurrence: and its old start.",
            code="missing",
        )


def _occurrences(series: Series, told: Sequence[Told], findings: Findings) -> None:
    """Check that updates name occurrences of the series, by their first start or one they have moved to."""
    moved = {entry.update.scheduled.start for entry in told if entry.update.scheduled is not None}
    for entry in told:
        update = entry.update
        named = update.occurrence or (update.scheduled.occurrence if update.scheduled is not None else None)
        if named is None or named in moved or not list(series.missing([named])):
            continue
        loc = (*entry.loc, "occurrence") if update.occurrence is not None else (*entry.loc, "scheduled", "occurrence")
        findings.say(
            entry.document, loc, f"{utc(named)} is not the start of an occurrence.", f"Write {series.near(named)}."
        )


def _words(length: timedelta) -> str:
    minutes = int(length.total_seconds()) // 60
    return f"{minutes // 1440} days" if minutes % 1440 == 0 else f"{minutes // 60} h {minutes % 60} min"
