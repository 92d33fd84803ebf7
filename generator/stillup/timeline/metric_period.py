"""A stretch of the calendar that a report is about: a month, a quarter or a year of one zone, half-open."""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from stillup.frozen import dataclass

_MONTH = re.compile(r"([12]\d{3})-(0[1-9]|1[0-2])", re.ASCII).fullmatch
_QUARTER = re.compile(r"([12]\d{3})-Q([1-4])", re.ASCII).fullmatch
_YEAR = re.compile(r"[12]\d{3}", re.ASCII).fullmatch
_NAMES = "January February March April May June July August September October November December".split()


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """From the midnight that begins `first` up to the one that begins `beyond`, both in `zone`."""

    first: date
    beyond: date
    zone: str

    @property
    def start(self) -> datetime:
        """The first instant, in UTC."""
        return _midnight(self.first, self.zone)

    @property
    def end(self) -> datetime:
        """The first instant after it, in UTC."""
        return _midnight(self.beyond, self.zone)

    @property
    def months(self) -> int:
        """How many months it is long."""
        return (self.beyond.year - self.first.year) * 12 + self.beyond.month - self.first.month

    @property
    def name(self) -> str:
        """As the command line spells it: `2026-11`, `2026-Q4`, `2026`."""
        if self.months == 12:
            return f"{self.first.year:04}"
        if self.months == 3:
            return f"{self.first.year:04}-Q{(self.first.month + 2) // 3}"
        return f"{self.first:%Y-%m}"

    @property
    def title(self) -> str:
        """As a reader calls it: `November 2026`, `Q4 2026`, `2026`."""
        if self.months == 12 and self.first.month != 1:
            return f"12 months from {_NAMES[self.first.month - 1]} {self.first.year:04}"
        if self.months == 12:
            return f"{self.first.year:04}"
        if self.months == 3:
            return f"Q{(self.first.month + 2) // 3} {self.first.year:04}"
        return f"{_NAMES[self.first.month - 1]} {self.first.year:04}"

    @property
    def before(self) -> "Period":
        """The one of the same length that ends where this begins."""
        return Period(first=_later(self.first, -self.months), beyond=self.first, zone=self.zone)

    @property
    def after(self) -> "Period":
        """The one of the same length that begins where this ends."""
        return Period(first=self.beyond, beyond=_later(self.beyond, self.months), zone=self.zone)

    @property
    def each_month(self) -> Iterator["Period"]:
        """Its months, the oldest first."""
        for number in range(self.months):
            first = _later(self.first, number)
            yield Period(first=first, beyond=_later(first, 1), zone=self.zone)

    def holds(self, moment: datetime) -> bool:
        """Whether `moment` lies in it: at its first instant it does, at its end it does not."""
        return self.start <= moment < self.end


def period(spelled: str, zone: str) -> Period:
    """Return the period called `2026-11`, `2026-Q4` or `2026`.

    Raises:
        ValueError: it is called otherwise, or there is no such month.
    """
    if found := _MONTH(spelled):
        first = date(int(found[1]), int(found[2]), 1)
        return Period(first=first, beyond=_later(first, 1), zone=zone)
    if found := _QUARTER(spelled):
        first = date(int(found[1]), int(found[2]) * 3 - 2, 1)
        return Period(first=first, beyond=_later(first, 3), zone=zone)
    if _YEAR(spelled):
        first = date(int(spelled), 1, 1)
        return Period(first=first, beyond=_later(first, 12), zone=zone)
    raise ValueError(spelled)


def newest(months: int, at: datetime, zone: str) -> Period:
    """Return the newest month (1), quarter (3) or year (12) of `zone` that is over at `at`."""
    month = month_of(at, zone)
    first = month.first.replace(month=(month.first.month - 1) // months * months + 1)
    return Period(first=_later(first, -months), beyond=first, zone=zone)


def month_of(at: datetime, zone: str) -> Period:
    """Return the month in which `at` lies in `zone`."""
    first = at.astimezone(ZoneInfo(zone)).date().replace(day=1)
    return Period(first=first, beyond=_later(first, 1), zone=zone)


def _later(first: date, months: int) -> date:
    whole = first.year * 12 + first.month - 1 + months
    return date(whole // 12, whole % 12 + 1, 1)


def _midnight(day: date, zone: str) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(zone)).astimezone(UTC)
