"""What cannot be true together in one record, each with the line to write instead."""

from collections.abc import Sequence
from datetime import datetime
from operator import attrgetter

from stillup.fix import Fix, Way, leave, named, write
from stillup.records import retold, window
from stillup.records.document import Document
from stillup.records.finding import Findings, Told, repeated
from stillup.records.moment import stamp, utc
from stillup.records.written import WrittenIncident, WrittenSchedule
from stillup.vocabulary import ComponentStatus, Kind, UpdateStatus


def check(
    id: str, written: WrittenIncident, main: Document, told: Sequence[Told], zone: str, findings: Findings
) -> None:
    """Find what contradicts itself in the record as a whole; `told` are all its updates, by time."""
    counting = [entry for entry in told if entry.update.withdrawn is None]
    closed = counting[-1].update.at if counting and counting[-1].update.status.closes else None
    by_clock = written.kind is Kind.MAINTENANCE and (written.scheduled is None or written.scheduled.auto)
    still_open = closed is None and not by_clock
    _order(told, findings)
    _names(id, written, main, told, findings)
    if written.kind is Kind.INCIDENT and counting and counting[0].update.changed_at is not None:
        loc, message = (*counting[0].loc, "changed_at"), "What the first update tells began with the incident."
        findings.say(counting[0].document, loc, message, Fix(write("started_at"), " instead."), at_key=True)
    if written.kind is Kind.INCIDENT and counting:
        retold.check(counting, written.started_at, findings)
    if written.started_at is not None or written.ended_at is not None:
        _span(written, main, counting, closed, findings)
    if still_open:
        _unfinished(written, main, findings)
    elif written.backfilled:
        _backfilled(written, main, counting, findings)
    if written.postmortem is not None and closed is not None and written.postmortem.at < closed:
        message = "The postmortem is older than the end of what it tells."
        findings.say(main, ("postmortem", "at"), message, f"Write a time after {utc(closed)}.")
    if written.postmortem is not None and not written.postmortem.body and written.postmortem.redacted is None:
        fix = Fix(write("body"), " and the text for customers.")
        findings.say(main, ("postmortem", "body"), "This key is missing.", fix, code="missing")
    _kind(written, main, findings)
    if written.scheduled is not None:
        window.of_schedule(written.scheduled, main, told, zone, findings)
        _announced(written.scheduled, told[0], written.backfilled, findings)
        if not written.backfilled:
            _done_before(written.scheduled, counting, findings)
    for place, entry in enumerate(told):
        if place and entry.update.status.closes:
            _affected_at_end(entry, findings)
        if written.backfilled and entry.update.notify:
            message = "Nobody is told of what was filled in later."
            findings.say(
                entry.document,
                (*entry.loc, "notify"),
                message,
                Fix("Leave ", named("notify"), " or ", named("backfilled"), " out."),
            )


def _kind(written: WrittenIncident, main: Document, findings: Findings) -> None:
    """Find fields of a maintenance in an incident, and the other way round."""
    if written.kind is Kind.INCIDENT and written.scheduled is not None:
        fix = Fix(write("kind", "maintenance"), ", or leave the window out.")
        findings.say(main, ("scheduled",), "An incident is not scheduled.", fix, at_key=True)
    if written.kind is Kind.MAINTENANCE and written.scheduled is None:
        example = "{start: 2026-11-20T10:00:00Z, end: 2026-11-20T12:00:00Z}"
        fix = Fix(write("scheduled", example), ".")
        findings.say(main, ("scheduled",), "A maintenance has a window, and none is written.", fix, code="missing")
    if written.kind is Kind.MAINTENANCE and written.disaster:
        fix = Fix(leave("disaster"), ", or ", write("kind", "incident", inside=True), ".")
        findings.say(main, ("disaster",), "A maintenance is no disaster.", fix, at_key=True)


def _announced(schedule: WrittenSchedule, first: Told, backfilled: bool, findings: Findings) -> None:
    if first.update.status is UpdateStatus.SCHEDULED and first.update.at > schedule.start and not backfilled:
        message, fix = (
            "The maintenance was announced after its start.",
            "Write the time of the announcement, or in_progress.",
        )
        findings.warn(first.document, (*first.loc, "at"), message, fix)


def _done_before(schedule: WrittenSchedule, counting: Sequence[Told], findings: Findings) -> None:
    """Find a single window that is completed before it begins, without any work: mostly `cancelled` was meant."""
    start = schedule.start
    for entry in () if schedule.recurrence else counting:
        update = entry.update
        if update.scheduled is not None and update.status is UpdateStatus.SCHEDULED:
            start = update.scheduled.start
        if update.status is UpdateStatus.COMPLETED and update.at < start:
            message = f"It is completed before its window begins, at {utc(start)}, and calendars go on showing that."
            fix = "Write cancelled where it does not take place, else in_progress when the work began."
            findings.warn(entry.document, (*entry.loc, "status"), message, fix)
        if update.status is not UpdateStatus.SCHEDULED:
            return


def _order(told: Sequence[Told], findings: Findings) -> None:
    in_file = [entry for entry in told if entry.loc]
    places = [entry.loc for entry in in_file]
    if places == sorted(places):
        return  # by time they stand as in the file
    latest: dict[str, datetime] = {}
    for entry in sorted(in_file, key=attrgetter("loc")):
        before = latest.get(entry.document.file)
        if before is not None and entry.update.at < before:
            findings.say(
                entry.document,
                (*entry.loc, "at"),
                f"This update stands below one of {utc(before)} and is older.",
                "Move it up: the oldest update stands first.",
                code="order",
            )
        latest[entry.document.file] = max(before or entry.update.at, entry.update.at)


def _names(id: str, written: WrittenIncident, main: Document, told: Sequence[Told], findings: Findings) -> None:
    if id in written.formerly:
        loc = ("formerly", written.formerly.index(id))
        findings.say(main, loc, f"{id} is its id now.", "Leave it out.", code="id")
    for index in repeated(written.formerly):
        message = f"{written.formerly[index]} stands here twice."
        findings.say(main, ("formerly", index), message, "Keep one of the two.", code="id")
    for entry in told:
        if not entry.loc:
            name = entry.document.file.rsplit("/", 1)[-1]
            if not name.startswith(f"{stamp(entry.update.at)}-"):
                findings.say(
                    entry.document,
                    ("at",),
                    "The name of the file says another time.",
                    f"Rename it {stamp(entry.update.at)}-{name[-8:]}, or correct the time.",
                    code="id",
                )


def _affects(entry: Told) -> bool:
    return any(state is not ComponentStatus.OPERATIONAL for state in entry.update.components.values())


def _span(
    written: WrittenIncident, main: Document, counting: Sequence[Told], closed: datetime | None, findings: Findings
) -> None:
    """Find a beginning and an end that do not fit each other, or the updates."""
    started, ended = written.started_at, written.ended_at
    stopped = "Write when customers stopped noticing."
    first_closing = next((entry.update.at for entry in counting if entry.update.status.closes), None)
    if started is not None and first_closing is not None and started > first_closing and not written.backfilled:
        message = f"It began after it was over, at {utc(first_closing)}."
        findings.say(main, ("started_at",), message, "Write when customers began to notice.")
    early = None if started is None else next((each for each in counting if _affects(each)), None)
    if started is not None and early is not None and started > early.update.at and written.kind is Kind.INCIDENT:
        message = f"It began after it was told: the update of {utc(early.update.at)} says what is affected."
        fix = "Write when customers began to notice; components count from there."
        findings.warn(main, ("started_at",), message, fix)
    if ended is None:
        return
    if closed is not None and ended > closed:
        message = f"It ended after the update that says it is over, at {utc(closed)}."
        findings.say(main, ("ended_at",), message, stopped)
    if started is not None and ended < started:
        findings.say(main, ("ended_at",), f"It ended before it began, at {utc(started)}.", stopped)
    # A maintenance has a window that says when it began; what is filled in later has no other word for it.
    if (
        started is None
        and written.kind is Kind.INCIDENT
        and not written.backfilled
        and counting
        and ended < counting[0].update.at
    ):
        message = f"It ended before its first update, at {utc(counting[0].update.at)}."
        findings.say(main, ("ended_at",), message, Fix(write("started_at"), " and when customers began to notice."))


def _unfinished(written: WrittenIncident, main: Document, findings: Findings) -> None:
    """Find what is said only of records that are over, in one that is open."""
    end = Way.RESOLVE if written.kind is Kind.INCIDENT else Way.COMPLETE
    for field, said, message in (
        ("ended_at", written.ended_at, "It is still open, so it has no end yet."),
        ("backfilled", written.backfilled, "What is filled in later is over, and this is still open."),
        ("postmortem", written.postmortem, "There is a postmortem, and it is not over."),
    ):
        if said:
            fix = Fix(end, ", or ", leave(field, inside=True), ".")
            findings.say(main, (field,), message, fix, at_key=True)


def _backfilled(written: WrittenIncident, main: Document, counting: Sequence[Told], findings: Findings) -> None:
    alone = len(counting) == 1 and written.kind is Kind.INCIDENT
    if alone and written.started_at is None and counting[0].update.components:
        message = "One update alone does not say how long its components were affected."
        fix = Fix(write("started_at"), " and when customers began to notice.")
        findings.say(main, ("started_at",), message, fix, code="missing")


def _affected_at_end(entry: Told, findings: Findings) -> None:
    for name, status in entry.update.components.items():
        if status is not ComponentStatus.OPERATIONAL:
            findings.say(
                entry.document,
                (*entry.loc, "components", name),
                f"An update that is {entry.update.status} leaves {name} in {status}.",
                "Write operational, or keep the record open.",
            )
