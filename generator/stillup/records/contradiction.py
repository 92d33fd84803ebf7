"""What cannot be true together in one record, each with the line to write instead."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from stillup.records.document import Document
from stillup.records.finding import Findings, Told
from stillup.records.moment import stamp, utc
from stillup.records.refusal import Unusable, listed
from stillup.records.series import Series
from stillup.records.written import WrittenIncident, WrittenSchedule
from stillup.vocabulary import STATUSES_OF, ComponentStatus, Kind

_STATUSES = {kind: frozenset(statuses) for kind, statuses in STATUSES_OF.items()}


def of_update(told: Told, kind: Kind, series: bool, findings: Findings) -> None:
    """Find what contradicts itself within one update."""
    update, document, loc = told.update, told.document, told.loc
    if update.status not in _STATUSES[kind]:
        article = "an" if kind is Kind.INCIDENT else "a"
        findings.say(
            document, (*loc, "status"), f'"{update.status}" is not {article} {kind} status.',
            f"Use {listed(STATUSES_OF[kind])}.", code="word",
        )  # fmt: skip
    if update.next_update_in is not None or update.next_update_at is not None:
        _promise(told, findings)
    if update.edited_at is not None and update.edited_at < update.at:
        findings.say(
            document, (*loc, "edited_at"), "The update was edited before it was published.", f"Write a time after {utc(update.at)}."
        )
    if update.correction and update.edited_at is None:
        findings.say(
            document, (*loc, "correction"), "A correction says what an edit put right, and no edit is noted.",
            "Write edited_at: and when the text was changed.",
        )  # fmt: skip
    if update.withdrawn is not None and update.withdrawn.at < update.at:
        findings.say(
            document, (*loc, "withdrawn", "at"), "The update was withdrawn before it was published.",
            f"Write a time after {utc(update.at)}.",
        )  # fmt: skip
    if update.id == "postmortem":
        findings.say(document, (*loc, "id"), "The id postmortem belongs to the postmortem.", "Write another id.", code="id")
    if update.scheduled is not None or update.occurrence is not None:
        _move(told, kind, series, findings)


def _promise(told: Told, findings: Findings) -> None:
    update, document, loc = told.update, told.document, told.loc
    if update.next_update_in is not None and update.next_update_at is not None:
        findings.say(
            document, (*loc, "next_update_at"), "The next update is promised twice, by next_update_in and next_update_at.",
            "Keep one of the two.", at_key=True,
        )  # fmt: skip
    elif update.next_update_at is not None and update.next_update_at <= update.at:
        findings.say(
            document, (*loc, "next_update_at"), "The next update is promised for a time that is not after this one.",
            f"Write a time after {utc(update.at)}.",
        )  # fmt: skip
    if update.status.closes:
        key = "next_update_in" if update.next_update_in is not None else "next_update_at"
        findings.say(
            document, (*loc, key), f"Nothing follows an update that is {update.status}, and one is promised.",
            f"Leave {key} out.", at_key=True,
        )  # fmt: skip


def _move(told: Told, kind: Kind, series: bool, findings: Findings) -> None:
    update, document, loc = told.update, told.document, told.loc
    move, named = update.scheduled, (*loc, "occurrence")
    occurrence = update.occurrence
    if move is not None:
        if kind is Kind.INCIDENT:
            findings.say(
                document, (*loc, "scheduled"), "An incident has no window that could move.", "Write kind: maintenance, or leave it out.",
                at_key=True,
            )  # fmt: skip
        if move.end <= move.start:
            findings.say(document, (*loc, "scheduled", "end"), "The window ends before it begins.", f"Write a time after {utc(move.start)}.")
        if update.status.closes:
            findings.say(
                document, (*loc, "scheduled"), f"A maintenance that is {update.status} cannot move.",
                "Use scheduled, or leave the window out.", at_key=True,
            )  # fmt: skip
        if move.occurrence is not None:
            named = (*loc, "scheduled", "occurrence")
            if occurrence is not None and occurrence != move.occurrence:
                findings.say(document, named, "The update names two occurrences.", "Keep one of the two.")
            occurrence = move.occurrence
    if occurrence is not None and not series:
        findings.say(
            document, named, "Only a series has occurrences, and this record has no recurrence.", "Leave occurrence out.", at_key=True
        )
    if move is not None and occurrence is None and series:
        findings.say(
            document, (*loc, "scheduled"), "It is not said which occurrence of the series moves.", "Write occurrence: and its old start.",
            code="missing",
        )  # fmt: skip


def of_incident(
    id: str, written: WrittenIncident, main: Document, told: Sequence[Told], zone: str, findings: Findings
) -> None:
    """Find what contradicts itself in the record as a whole; `told` are all its updates, by time."""
    counting = [entry for entry in told if entry.update.withdrawn is None]
    _order(told, findings)
    _names(id, written, main, told, findings)
    closed = counting[-1].update.at if counting and counting[-1].update.status.closes else None
    if written.started_at is not None or written.ended_at is not None:
        _span(written, main, counting, closed, findings)
    if written.backfilled:
        _backfilled(written, main, counting, closed, findings)
    if written.postmortem is not None:
        if closed is None:
            findings.say(
                main, ("postmortem",), "There is a postmortem, and it is not over.", f"Write the {_closing(written)} update first.", at_key=True
            )
        elif written.postmortem.at < closed:
            findings.say(
                main, ("postmortem", "at"), "The postmortem is older than the end of what it tells.", f"Write a time after {utc(closed)}."
            )
    if written.kind is Kind.MAINTENANCE:
        if written.disaster:
            findings.say(main, ("disaster",), "A maintenance is no disaster.", "Leave disaster out, or write kind: incident.", at_key=True)
        if written.scheduled is None:
            findings.say(
                main, ("scheduled",), "A maintenance has a window, and none is written.",
                "Write scheduled: {start: 2026-11-20T10:00:00Z, end: 2026-11-20T12:00:00Z}.", code="missing",
            )  # fmt: skip
    elif written.scheduled is not None:
        findings.say(main, ("scheduled",), "An incident is not scheduled.", "Write kind: maintenance, or leave the window out.", at_key=True)
    if written.scheduled is not None:
        _schedule(written.scheduled, main, told, zone, findings)
    first = told[0].update
    for place, entry in enumerate(told):
        if place and entry.update.status.closes:
            _affected_at_end(entry, findings)
        if written.backfilled and entry.update.notify:
            findings.say(
                entry.document, (*entry.loc, "notify"), "Nobody is told of what was filled in later.", "Leave notify or backfilled out."
            )
    if (
        written.scheduled is not None
        and not written.backfilled
        and first.status == "scheduled"
        and first.at > written.scheduled.start
    ):
        findings.warn(
            told[0].document, (*told[0].loc, "at"), "The maintenance was announced after its start.",
            "Write the time of the announcement, or in_progress.",
        )  # fmt: skip


def _closing(written: WrittenIncident) -> str:
    return "resolved" if written.kind is Kind.INCIDENT else "completed"


def _order(told: Sequence[Told], findings: Findings) -> None:
    latest: dict[str, datetime] = {}
    in_file = sorted((entry for entry in told if entry.loc), key=lambda entry: entry.loc)
    for entry in in_file:
        before = latest.get(entry.document.file)
        if before is not None and entry.update.at < before:
            findings.say(
                entry.document, (*entry.loc, "at"), f"This update stands below one of {utc(before)} and is older.",
                "Move it up: the oldest update stands first.", code="order",
            )  # fmt: skip
        latest[entry.document.file] = max(before or entry.update.at, entry.update.at)


def _names(id: str, written: WrittenIncident, main: Document, told: Sequence[Told], findings: Findings) -> None:
    for index, old in enumerate(written.formerly):
        if old == id:
            findings.say(main, ("formerly", index), f"{old} is its id now.", "Leave it out.", code="id")
        elif old in written.formerly[:index]:
            findings.say(main, ("formerly", index), f"{old} stands here twice.", "Keep one of the two.", code="id")
    for entry in told:
        if not entry.loc:
            name = entry.document.file.rsplit("/", 1)[-1]
            if not name.startswith(f"{stamp(entry.update.at)}-"):
                findings.say(
                    entry.document, ("at",), "The name of the file says another time.",
                    f"Rename it {stamp(entry.update.at)}-{name[-8:]}, or correct the time.", code="id",
                )  # fmt: skip


def _span(
    written: WrittenIncident, main: Document, counting: Sequence[Told], closed: datetime | None, findings: Findings
) -> None:
    started, ended = written.started_at, written.ended_at
    first_closing = next((entry.update.at for entry in counting if entry.update.status.closes), None)
    if started is not None and first_closing is not None and started > first_closing and not written.backfilled:
        findings.say(
            main, ("started_at",), f"It began after it was over, at {utc(first_closing)}.", "Write when customers began to notice."
        )
    if ended is None:
        return
    if closed is None:
        findings.say(
            main, ("ended_at",), "It is still open, so it has no end yet.",
            f"Write the {_closing(written)} update, or leave ended_at out.", at_key=True,
        )  # fmt: skip
    elif ended > closed:
        findings.say(
            main, ("ended_at",), f"It ended after the update that says it is over, at {utc(closed)}.",
            "Write when customers stopped noticing.",
        )  # fmt: skip
    if started is not None and ended < started:
        findings.say(main, ("ended_at",), f"It ended before it began, at {utc(started)}.", "Write when customers stopped noticing.")
    elif started is None and not written.backfilled and counting and written.kind is Kind.INCIDENT and ended < counting[0].update.at:
        findings.say(
            main, ("ended_at",), f"It ended before its first update, at {utc(counting[0].update.at)}.",
            "Write started_at: and when customers began to notice.",
        )  # fmt: skip


def _backfilled(
    written: WrittenIncident, main: Document, counting: Sequence[Told], closed: datetime | None, findings: Findings
) -> None:
    if closed is None:
        findings.say(
            main, ("backfilled",), "What is filled in later is over, and this is still open.",
            f"Write the {_closing(written)} update, or leave backfilled out.", at_key=True,
        )  # fmt: skip
    elif len(counting) == 1 and written.kind is Kind.INCIDENT and written.started_at is None and counting[0].update.components:
        findings.say(
            main, ("started_at",), "One update alone does not say how long its components were affected.",
            "Write started_at: and when customers began to notice.", code="missing",
        )  # fmt: skip


def _affected_at_end(entry: Told, findings: Findings) -> None:
    for name, status in entry.update.components.items():
        if status is not ComponentStatus.OPERATIONAL:
            findings.say(
                entry.document, (*entry.loc, "components", name), f"An update that is {entry.update.status} leaves {name} in {status}.",
                "Write operational, or keep the record open.",
            )  # fmt: skip


def _schedule(
    schedule: WrittenSchedule, main: Document, told: Sequence[Told], zone: str, findings: Findings
) -> None:
    if schedule.end <= schedule.start:
        findings.say(main, ("scheduled", "end"), "The window ends before it begins.", f"Write a time after {utc(schedule.start)}.")
    for index, reminder in enumerate(schedule.reminders):
        if reminder in schedule.reminders[:index]:
            findings.say(main, ("scheduled", "reminders", index), "This reminder stands here twice.", "Keep one of the two.")
    if not schedule.recurrence:
        if schedule.exceptions:
            findings.say(
                main, ("scheduled", "except"), "Only a series has exceptions, and there is no recurrence.", "Leave except out.", at_key=True
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
            main, ("scheduled", "start"), "The first window is not one that the rule gives.",
            f"Write {series.near(schedule.start)}." if first else "Write a rule that gives it.",
        )  # fmt: skip
        return
    gap = series.gap()
    if gap is not None and schedule.end - schedule.start > gap:
        findings.say(
            main, ("scheduled", "end"), f"A window lasts longer than the {_words(gap)} until the next one begins.", "Write an earlier end."
        )
    for missing in series.missing(schedule.exceptions):
        index = schedule.exceptions.index(missing)
        findings.say(
            main, ("scheduled", "except", index), f"{utc(missing)} is not the start of an occurrence.", f"Write {series.near(missing)}."
        )
    _occurrences(series, told, findings)


def _occurrences(series: Series, told: Sequence[Told], findings: Findings) -> None:
    """Check that updates name occurrences of the series, by their first start or one they have moved to."""
    moved = {entry.update.scheduled.start for entry in told if entry.update.scheduled is not None}
    for entry in told:
        update = entry.update
        named = update.occurrence or (update.scheduled.occurrence if update.scheduled is not None else None)
        if named is None or named in moved or not list(series.missing([named])):
            continue
        loc = (*entry.loc, "occurrence") if update.occurrence is not None else (*entry.loc, "scheduled", "occurrence")
        findings.say(entry.document, loc, f"{utc(named)} is not the start of an occurrence.", f"Write {series.near(named)}.")


def _words(length: timedelta) -> str:
    minutes = int(length.total_seconds()) // 60
    return f"{minutes // 1440} days" if minutes % 1440 == 0 else f"{minutes // 60} h {minutes % 60} min"
