"""What a calendar must know of a time zone that its events name: when its clocks change, by rule where there is one.

Most programs know zones by their names. Those that read them here go on for ever with a rule, and are an hour wrong
after the last change that is listed.
"""

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from stillup.frozen import dataclass

if TYPE_CHECKING:
    from icalendar import Timezone

_CYCLE = 28
"""After so many years dates fall on the same weekdays again."""

_LISTED = 30
"""For how many years after its last event a zone without a rule is told."""

_STEP = timedelta(days=7)
"""No zone changes its clocks twice within it."""

_DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


@dataclass(frozen=True, slots=True)
class _Change:
    """Clocks change."""

    local: datetime
    """By the clocks before it (RFC 5545, 3.6.5), without a zone."""

    before: timedelta
    after: timedelta
    name: str
    summer: bool

    @property
    def kind(self) -> tuple[timedelta, timedelta, str, bool]:
        """What changes in the same way every year."""
        return self.before, self.after, self.name, self.summer


@lru_cache(maxsize=64)
def described(name: str, first: int, last: int) -> "Timezone":
    """Return the zone `name` from the year `first` on, for events up to the year `last` and series without an end.

    Many calendars share what is returned: it is not to be changed.
    """
    from icalendar import Timezone, vRecur

    zone = ZoneInfo(name)
    start = datetime(first, 1, 1, tzinfo=zone).astimezone(UTC)
    changes = [*_changes(zone, start, datetime(last + _CYCLE + 2, 1, 1, tzinfo=UTC))]
    steady = next((year for year in range(first, last + 1) if _rules(changes, year, last + _CYCLE)), None)
    rules = () if steady is None else _rules(changes, steady, last + _CYCLE)
    until = steady if steady is not None else last + _LISTED
    made = Timezone()
    made.add("tzid", name)
    there = start.astimezone(zone)
    held = _offset(there)
    _add(made, [_Change(there.replace(tzinfo=None), held, held, there.tzname() or "", _is_summer(there))])
    listed: dict[tuple[timedelta, timedelta, str, bool], list[_Change]] = {}
    for change in changes:
        if change.local.year < until:
            listed.setdefault(change.kind, []).append(change)
    for alike in listed.values():
        _add(made, alike)
    for change, rule in rules:
        _add(made, [change], vRecur.from_ical(rule))
    return made


def _add(made: "Timezone", alike: Sequence[_Change], rule: object = None) -> None:
    from icalendar import TimezoneDaylight, TimezoneStandard

    first = alike[0]
    part = TimezoneDaylight() if first.summer else TimezoneStandard()
    part.add("dtstart", first.local)
    if rule is not None:
        part.add("rrule", rule)
    if len(alike) > 1:
        part.add("rdate", [each.local for each in alike[1:]])
    part.add("tzname", first.name)
    part.add("tzoffsetfrom", first.before)
    part.add("tzoffsetto", first.after)
    made.add_component(part)


def _rules(changes: Sequence[_Change], first: int, last: int) -> tuple[tuple[_Change, str], ...]:
    """Return the first change of each kind from the year `first` on with its rule; nothing where there is none.

    A zone has rules where every year up to `last` has each kind once. One that changes no more has none, and needs
    none.
    """
    found: dict[tuple[timedelta, timedelta, str, bool], list[_Change]] = {}
    for change in changes:
        if first <= change.local.year <= last:
            found.setdefault(change.kind, []).append(change)
    every = [*range(first, last + 1)]
    told = []
    for alike in found.values():
        if [each.local.year for each in alike] != every:
            return ()
        for part in _by_month(alike):
            rule = _rule([each.local for each in part])
            if not rule:
                return ()
            told.append((part[0], rule))
    return tuple(told)


def _by_month(alike: Sequence[_Change]) -> Iterator[list[_Change]]:
    """Yield changes of one kind that come within a week, those of each month for themselves.

    The night after the last Thursday of October may be that of 1 November, and no rule says so of two months at once.
    """
    months = sorted({each.local.month for each in alike})
    beyond = [each.local.day for each in alike if each.local.month == months[-1]]
    before = [_days_left(each.local) for each in alike if each.local.month == months[0]]
    week = len(months) == 2 and months[1] - months[0] == 1 and max(beyond) + max(before) < 7
    for month in months if week else (None,):
        yield [each for each in alike if month in (None, each.local.month)]


def _rule(moments: Sequence[datetime]) -> str:
    """Return the rule by which a moment comes once in each of its years; empty where it has no month or weekday."""
    weekdays = {each.weekday() for each in moments}
    if len({(each.month, each.time()) for each in moments}) > 1 or len(weekdays) > 1:
        return ""
    days, (weekday,) = sorted({each.day for each in moments}), weekdays
    if days[-1] - days[0] > 6:
        return ""
    month = moments[0].month
    if any(later.year - earlier.year > 1 for earlier, later in pairwise(moments)):  # not every year: its days alone
        among = ",".join(map(str, range(days[0], days[-1] + 1)))
        return f"FREQ=YEARLY;BYMONTH={month};BYDAY={_DAYS[weekday]};BYMONTHDAY={among}"
    if all(_days_left(each) < 7 for each in moments):
        return f"FREQ=YEARLY;BYMONTH={month};BYDAY=-1{_DAYS[weekday]}"
    if len({(each.day - 1) // 7 for each in moments}) == 1:
        return f"FREQ=YEARLY;BYMONTH={month};BYDAY={(days[0] - 1) // 7 + 1}{_DAYS[weekday]}"
    among = ",".join(map(str, range(days[0], days[0] + 7)))
    return f"FREQ=YEARLY;BYMONTH={month};BYDAY={_DAYS[weekday]};BYMONTHDAY={among}"


def _days_left(moment: datetime) -> int:
    """Return how many days of its month come after a moment's."""
    following = date(moment.year + moment.month // 12, moment.month % 12 + 1, 1)
    return (following - moment.date()).days - 1


def _changes(zone: ZoneInfo, start: datetime, end: datetime) -> Iterator[_Change]:
    """Yield every change of clocks between two instants, in order."""
    moment = start
    while moment < end:
        later = moment + _STEP
        if _state(zone, moment) != _state(zone, later):
            low, high = moment, later
            while high - low > timedelta(seconds=1):
                middle = low + (high - low) // 2
                middle = middle.replace(microsecond=0)
                low, high = (middle, high) if _state(zone, middle) == _state(zone, low) else (low, middle)
            before, after = low.astimezone(zone), high.astimezone(zone)
            yield _Change(
                (high + _offset(before)).replace(tzinfo=None),
                _offset(before),
                _offset(after),
                after.tzname() or "",
                _is_summer(after),
            )
        moment = later


def _state(zone: ZoneInfo, moment: datetime) -> tuple[timedelta, str | None]:
    local = moment.astimezone(zone)
    return _offset(local), local.tzname()


def _offset(local: datetime) -> timedelta:
    return local.utcoffset() or timedelta(0)


def _is_summer(local: datetime) -> bool:
    return (local.dst() or timedelta(0)) > timedelta(0)
