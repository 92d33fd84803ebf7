"""What cannot be true together in one record, each with the line to write instead."""

from collections.abc import Sequence
from datetime import datetime

from stillup.records import window
from stillup.records.document import Document
from stillup.records.finding import Findings, Told
from stillup.records.moment import stamp, utc
from stillup.records.written import WrittenIncident
from stillup.vocabulary import ComponentStatus, Kind


def check(
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
                main,
                ("postmortem",),
                "There is a postmortem, and it is not over.",
                f"Write the {_closing(written)} update first.",
                at_key=True,
            )
        elif written.postmortem.at < closed:
            findings.say(
                main,
                ("postmortem", "at"),
                "The postmortem is older than the end of what it tells.",
                f"Write a time after {utc(closed)}.",
            )
    if written.kind is Kind.MAINTENANCE:
        if written.disaster:
            findings.say(
                main,
                ("disaster",),
                "A maintenance is no disaster.",
                "Leave disaster out, or write kind: incident.",
                at_key=True,
            )
        if written.scheduled is None:
            findings.say(
                main,
                ("scheduled",),
                "A maintenance has a window, and none is written.",
                "Write scheduled: {start: 2026-11-20T10:00:00Z, end: 2026-11-20T12:00:00Z}.",
                code="missing",
            )
    elif written.scheduled is not None:
        findings.say(
            main,
            ("scheduled",),
            "An incident is not scheduled.",
            "Write kind: maintenance, or leave the window out.",
            at_key=True,
        )
    if written.scheduled is not None:
        window.of_schedule(written.scheduled, main, told, zone, findings)
    first = told[0].update
    for place, entry in enumerate(told):
        if place and entry.update.status.closes:
            _affected_at_end(entry, findings)
        if written.backfilled and entry.update.notify:
            findings.say(
                entry.document,
                (*entry.loc, "notify"),
                "Nobody is told of what was filled in later.",
                "Leave notify or backfilled out.",
            )
    if (
        written.scheduled is not None
        and not written.backfilled
        and first.status == "scheduled"
        and first.at > written.scheduled.start
    ):
        findings.warn(
            told[0].document,
            (*told[0].loc, "at"),
            "The maintenance was announced after its start.",
            "Write the time of the announcement, or in_progress.",
        )


def _order(told: Sequence[Told], findings: Findings) -> None:
    latest: dict[str, datetime] = {}
    in_file = sorted((entry for entry in told if entry.loc), key=lambda entry: entry.loc)
    for entry in in_file:
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
                    entry.document,
                    ("at",),
                    "The name of the file says another time.",
                    f"Rename it {stamp(entry.update.at)}-{name[-8:]}, or correct the time.",
                    code="id",
                )


def _span(
    written: WrittenIncident, main: Document, counting: Sequence[Told], closed: datetime | None, findings: Findings
) -> None:
    started, ended = written.started_at, written.ended_at
    first_closing = next((entry.update.at for entry in counting if entry.update.status.closes), None)
    if started is not None and first_closing is not None and started > first_closing and not written.backfilled:
        findings.say(
            main,
            ("started_at",),
            f"It began after it was over, at {utc(first_closing)}.",
            "Write when customers began to notice.",
        )
    if ended is None:
        return
    if closed is None:
        findings.say(
            main,
            ("ended_at",),
            "It is still open, so it has no end yet.",
            f"Write the {_closing(written)} update, or leave ended_at out.",
            at_key=True,
        )
    elif ended > closed:
        findings.say(
            main,
            ("ended_at",),
            f"It ended after the update that says it is over, at {utc(closed)}.",
            "Write when customers stopped noticing.",
        )
    if started is not None and ended < started:
        findings.say(
            main,
            ("ended_at",),
            f"It ended before it began, at {utc(started)}.",
            "Write when customers stopped noticing.",
        )
    elif (
        started is None
        and not written.backfilled
        and counting
        and written.kind is Kind.INCIDENT
        and ended < counting[0].update.at
    ):
        findings.say(
            main,
            ("ended_at",),
            f"It ended before its first update, at {utc(counting[0].update.at)}.",
            "Write started_at: and when customers began to notice.",
        )


def _backfilled(
    written: WrittenIncident, main: Document, counting: Sequence[Told], closed: datetime | None, findings: Findings
) -> None:
    if closed is None:
        findings.say(
            main,
            ("backfilled",),
            "What is filled in later is over, and this is still open.",
            f"Write the {_closing(written)} update, or leave backfilled out.",
            at_key=True,
        )
    elif (
        len(counting) == 1
        and written.kind is Kind.INCIDENT
        and written.started_at is None
        and counting[0].update.components
    ):
        findings.say(
            main,
            ("started_at",),
            "One update alone does not say how long its components were affected.",
            "Write started_at: and when customers began to notice.",
            code="missing",
        )


def _affected_at_end(entry: Told, findings: Findings) -> None:
    for name, status in entry.update.components.items():
        if status is not ComponentStatus.OPERATIONAL:
            findings.say(
                entry.document,
                (*entry.loc, "components", name),
                f"An update that is {entry.update.status} leaves {name} in {status}.",
                "Write operational, or keep the record open.",
            )


def _closing(written: WrittenIncident) -> str:
    return "resolved" if written.kind is Kind.INCIDENT else "completed"
