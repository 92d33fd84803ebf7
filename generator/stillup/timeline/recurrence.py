"""When the windows of a series begin: RFC 5545 rules in local time, across DST."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

from stillup.records.incident import Schedule

LIMIT = 20_000
"""The most windows one series may have: daily ones for over fifty years."""

YEAR = timedelta(days=366)
"""How far after an instant the windows of a series are looked at."""

_SEARCH = timedelta(days=3660)
"""How far after that the next window is searched when none lies within."""

_FLOATING = "%Y%m%dT%H%M%S"


def starts(schedule: Schedule, at: datetime, until: datetime) -> list[datetime]:
    """Return when each window begins, in UTC: all up to `until`, and the first after `at` wherever it lies.

    The local time of `schedule.timezone` is kept. Where it does not exist it moves forward by the gap; of two it is
    the first. Windows that are excepted are left out, but count towards the rule's COUNT, as in RFC 5545.
    """
    if not schedule.recurrence:
        return [schedule.start.astimezone(UTC)]
    excepted = {moment.astimezone(UTC) for moment in schedule.exceptions}
    found: list[datetime] = []
    for start in _ruled(schedule, until):
        if start > until and found and found[-1] > at:
            break
        if start not in excepted:
            found.append(start)
    return sorted(set(found))


def _ruled(schedule: Schedule, until: datetime) -> Iterator[datetime]:
    """Walk through the rule, exceptions included, as far as it is ever looked at."""
    from dateutil.rrule import rrulestr  # Only here: most pages have no series, and no build should wait for it.

    zone = ZoneInfo(schedule.timezone)
    rule = schedule.recurrence.strip().upper().removeprefix("RRULE:")
    parts = dict(part.split("=", 1) for part in rule.split(";") if part)
    count = min(int(parts.pop("COUNT", LIMIT)), LIMIT)
    last = _floating(until + _SEARCH, zone)
    parts["UNTIL"] = min(_until(parts["UNTIL"], zone), last) if "UNTIL" in parts else last
    first = schedule.start.astimezone(zone).replace(tzinfo=None)
    for moment in islice(rrulestr(";".join(map("=".join, parts.items())), dtstart=first), count):
        yield moment.replace(tzinfo=zone, fold=0).astimezone(UTC)


def _until(written: str, zone: ZoneInfo) -> str:
    """Return the rule's UNTIL in local time. A bare date includes its whole day, as people mean it."""
    if written.endswith("Z"):
        return _floating(datetime.strptime(written, f"{_FLOATING}Z").replace(tzinfo=UTC), zone)
    return written if "T" in written else f"{written}T235959"


def _floating(moment: datetime, zone: ZoneInfo) -> str:
    return moment.astimezone(zone).strftime(_FLOATING)
