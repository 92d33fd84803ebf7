"""One duty, when it is due, and how it stands."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from stillup.frozen import dataclass
from stillup.records.period import Period
from stillup.vocabulary import ClockState


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """A duty at an instant."""

    clock: str
    """Which duty it is, e.g. `acknowledge` or `regime/gdpr/notification`."""

    incident: str
    """The incident, or the drill, that it belongs to; empty where it belongs to none."""

    due: datetime | None
    """The last instant at which it is in time (UTC); None where no time is set, only that it be done at once."""

    state: ClockState
    audience: str
    """Who waits for it."""

    rule: str
    """What it follows from, in a sentence."""

    closed: bool = False
    """Whether the incident is over: what was done for it is history then."""

    @property
    def pressing(self) -> bool:
        """Whether it is still to be done."""
        return self.state in {ClockState.OK, ClockState.AT_RISK, ClockState.OVERDUE}


def after(start: datetime, limit: Period, zone: ZoneInfo) -> datetime:
    """Return when `limit` ends that begins at `start`, in UTC.

    Hours are elapsed. Days and months are those of the calendar in `zone`, at the same time of day; a month from the
    31st ends on the last day of a shorter month. Where clocks skip that time of day it is as much later, where they
    show it twice it is the first.
    """
    start = start.astimezone(UTC)
    if limit.elapsed:
        return start + limit.elapsed
    local = start.astimezone(zone).replace(tzinfo=None, fold=0) + timedelta(days=limit.days)
    if limit.months:
        local = _months_later(local, limit.months)
    return local.replace(tzinfo=zone).astimezone(UTC)


def state(start: datetime, due: datetime, done: datetime | None, at: datetime, *, lapses: bool = False) -> ClockState:
    """Return how a duty stands at `at` that runs from `start` to `due`; at `due` itself it is in time.

    `done` is when it was done, where something shows it; later than `at` it is not done yet. `lapses`: it cannot be
    done any more, so it is not overdue but missed.
    """
    if done is not None and done <= at:
        return ClockState.MET if done <= due else ClockState.LATE
    if at > due:
        return ClockState.MISSED if lapses else ClockState.OVERDUE
    return ClockState.AT_RISK if (due - at) * 4 < due - start else ClockState.OK


def length(time: timedelta) -> str:
    """Return a duration as settings spell it: `30m`, `1h30m`, `48h`."""
    hours, minutes = divmod(int(time.total_seconds()) // 60, 60)
    return "".join(filter(None, (f"{hours}h" if hours else "", f"{minutes}m" if minutes else ""))) or "0m"


def apart(time: timedelta) -> str:
    """Return roughly how long it is for somebody who looks at a list: `25s`, `4m`, `3h20m`, `7d13h`."""
    if time < timedelta(minutes=1):
        return f"{int(time.total_seconds())}s"
    if time < timedelta(days=2):
        return length(time)
    hours = int(time.total_seconds()) // 3600
    return f"{hours // 24}d{hours % 24}h"


def _months_later(local: datetime, months: int) -> datetime:
    whole = local.year * 12 + local.month - 1 + months
    year, month = whole // 12, whole % 12 + 1
    last = (datetime(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)).day  # noqa: DTZ001 - a day of a calendar
    return local.replace(year=year, month=month, day=min(local.day, last))
