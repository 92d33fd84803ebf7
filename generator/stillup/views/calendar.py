"""A maintenance as calendars have it: one booking, with a rule where it is a series and what differs from the rule.

Everything here follows from the record alone, so that a calendar asked for tomorrow has the same bytes.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from stillup.frozen import dataclass
from stillup.records.incident import Incident, Schedule, Update
from stillup.timeline.course import Course, Occurrence
from stillup.timeline.publication import published
from stillup.timeline.recurrence import starts
from stillup.views import code
from stillup.views.edition import Edition
from stillup.views.incident import IncidentView
from stillup.vocabulary import UpdateStatus

_KEY = "%Y%m%dt%H%M%Sz"
_UNTIL = "%Y%m%dT%H%M%SZ"


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One window of a series that is not as the rule has it."""

    planned: datetime
    """When the rule has it begin."""

    start: datetime
    end: datetime
    cancelled: bool
    text: str
    """The newest update that speaks of it, in plain text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Booking:
    """One maintenance, of one window or of a series."""

    key: str
    """`<incident>/<start it was first announced with>`: the UID is made of it and never changes."""

    place: str
    title: str
    text: str
    """The newest update in plain text; of a series the newest that speaks of all its windows."""

    names: tuple[str, ...]
    """The components it affects, as they are called."""

    component_ids: tuple[str, ...]
    start: datetime
    end: datetime
    """As planned now; of a series its first window as the rule has it."""

    zone: str
    """IANA name: in it a series keeps its local time."""

    rule: str
    """RFC 5545, with UNTIL in UTC; empty where there is one window."""

    exceptions: tuple[datetime, ...]
    reminders: tuple[int, ...]
    """Seconds before the start."""

    changes: tuple[Change, ...]
    cancelled: bool
    sequence: int
    """How many changes of time or state updates have told; a withdrawn one counts twice, since it takes one back."""

    created: datetime
    changed: datetime


def booking(edition: Edition, incident: Incident, course: Course, view: IncidentView) -> Booking | None:
    """Return the booking of a maintenance; None for what was never scheduled."""
    schedule, record = incident.scheduled, published(incident, edition.at)
    if schedule is None or record is None:
        return None
    series = bool(schedule.recurrence)
    windows = course.occurrences
    first = _first(schedule) if series else schedule.start.astimezone(UTC)
    start, end = first, first + (schedule.end - schedule.start)
    if windows and not series:
        start, end = windows[0].start, windows[0].end
    done = [window for window in windows if window.status is not UpdateStatus.CANCELLED]
    called_off = _is_called_off(record.updates) if series else not done
    last = max([window.planned_start for window in done], default=None) if series and called_off else None
    return Booking(
        key=f"{code.origin(incident)}/{schedule.start.astimezone(UTC):{_KEY}}",
        place=view.place,
        title=edition.titled(view.title, view.language),
        text=view.newest().body.text,
        names=tuple([edition.name(id) for id in view.component_ids]),
        component_ids=view.component_ids,
        start=start.astimezone(UTC),
        end=end.astimezone(UTC),
        zone=schedule.timezone,
        rule=_rule(schedule, last) if series else "",
        exceptions=tuple(sorted([each.astimezone(UTC) for each in schedule.exceptions])) if series else (),
        reminders=tuple([int(each.total_seconds()) for each in schedule.reminders]),
        changes=tuple(_changes(windows, view, schedule, last)) if series and (done or not called_off) else (),
        cancelled=called_off and not done,
        sequence=_sequence(record.updates),
        created=record.updates[0].at.astimezone(UTC),
        changed=max(_instants(record.updates)).astimezone(UTC),
    )


def _first(schedule: Schedule) -> datetime:
    """Return the first window of the rule, also where it is excepted: RFC 5545 counts from it."""
    return starts(replace(schedule, exceptions=()), schedule.start, schedule.start)[0]


def _is_called_off(updates: Sequence[Update]) -> bool:
    """Return whether what was last said of the whole series is that it does not go on."""
    general = [
        update.status
        for update in updates
        if update.withdrawn is None
        and update.occurrence is None
        and update.scheduled is None
        and update.status in (UpdateStatus.SCHEDULED, UpdateStatus.CANCELLED)
    ]
    return not general or general[-1] is UpdateStatus.CANCELLED


def _rule(schedule: Schedule, last: datetime | None) -> str:
    """Return the rule of a series; one that was called off ends with its `last` window."""
    parts = dict(
        part.split("=", 1) for part in schedule.recurrence.strip().upper().removeprefix("RRULE:").split(";") if part
    )
    if last is not None:
        parts.pop("COUNT", None)
        parts["UNTIL"] = f"{last:{_UNTIL}}"
    elif "UNTIL" in parts and not parts["UNTIL"].endswith("Z"):
        written = parts["UNTIL"] if "T" in parts["UNTIL"] else f"{parts['UNTIL']}T235959"  # a bare day: all of it
        local = datetime.strptime(written, "%Y%m%dT%H%M%S").replace(tzinfo=ZoneInfo(schedule.timezone))
        parts["UNTIL"] = f"{local.astimezone(UTC):{_UNTIL}}"
    return ";".join(f"{name}={value}" for name, value in parts.items())


def _changes(
    windows: Sequence[Occurrence], view: IncidentView, schedule: Schedule, last: datetime | None
) -> Iterable[Change]:
    length = schedule.end - schedule.start
    for window in windows:
        if last is not None and window.planned_start > last:
            continue
        cancelled = window.status is UpdateStatus.CANCELLED
        if cancelled or window.start != window.planned_start or window.end - window.start != length:
            yield Change(
                planned=window.planned_start,
                start=window.start,
                end=window.end,
                cancelled=cancelled,
                text=view.newest(f"{window.planned_start:{_KEY}}").body.text,
            )


def _sequence(updates: Sequence[Update]) -> int:
    count, off = 0, False
    for update in updates:
        cancels = update.status is UpdateStatus.CANCELLED
        if cancels or update.scheduled is not None or (off and update.status is UpdateStatus.SCHEDULED):
            count += 1 if update.withdrawn is None else 2
        off = cancels or (off and update.status is not UpdateStatus.SCHEDULED)
    return count


def _instants(updates: Sequence[Update]) -> Iterable[datetime]:
    for update in updates:
        yield update.at
        if update.edited_at is not None:
            yield update.edited_at
        if update.withdrawn is not None:
            yield update.withdrawn.at


def to_text(kept: Booking) -> str:
    """Return `kept` as JSON on one line: exact, and the same text for the same value."""
    k = kept
    fields = [
        *(k.key, k.place, k.title, k.text, k.names, k.component_ids, _text(k.start), _text(k.end), k.zone, k.rule),
        *([_text(each) for each in k.exceptions], k.reminders),
        [[_text(c.planned), _text(c.start), _text(c.end), c.cancelled, c.text] for c in k.changes],
        *(k.cancelled, k.sequence, _text(k.created), _text(k.changed)),
    ]
    return json.dumps(fields, ensure_ascii=False, separators=(",", ":"))


def from_text(text: str) -> Booking:
    """Return the booking that `to_text` wrote.

    Raises:
        ValueError: the text is not one of ours.
    """
    try:
        return _booking(*json.loads(text))
    except TypeError as error:
        raise ValueError(f"not a booking: {text[:80]!r}") from error


def _booking(
    key: str,
    place: str,
    title: str,
    said: str,
    names: list[str],
    component_ids: list[str],
    start: str,
    end: str,
    zone: str,
    rule: str,
    exceptions: list[str],
    reminders: list[int],
    changes: list[Any],
    cancelled: bool,
    sequence: int,
    created: str,
    changed: str,
) -> Booking:
    return Booking(
        key=key,
        place=place,
        title=title,
        text=said,
        names=tuple(names),
        component_ids=tuple(component_ids),
        start=_instant(start),
        end=_instant(end),
        zone=zone,
        rule=rule,
        exceptions=tuple([_instant(each) for each in exceptions]),
        reminders=tuple(reminders),
        changes=tuple([_change(*each) for each in changes]),
        cancelled=cancelled,
        sequence=sequence,
        created=_instant(created),
        changed=_instant(changed),
    )


def _change(planned: str, start: str, end: str, cancelled: bool, text: str) -> Change:
    return Change(planned=_instant(planned), start=_instant(start), end=_instant(end), cancelled=cancelled, text=text)


def _text(instant: datetime) -> str:
    return instant.astimezone(UTC).isoformat()


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)
