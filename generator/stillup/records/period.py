"""How long a legal or planned time limit is: elapsed hours, or days and months of the calendar."""

import re
from datetime import timedelta
from typing import Annotated

from stillup.frozen import dataclass
from stillup.records.field import spelled
from stillup.records.mark import Parsed
from stillup.records.refusal import Unusable, shown

_ELAPSED = r"(?=.*[1-9])(\d{1,5}h)?(\d{1,6}m)?"
_CALENDAR = r"([1-9]\d{0,3}) (days?|weeks?|months?)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """A time limit; only one of the three is not zero."""

    elapsed: timedelta = timedelta(0)
    """As a stopwatch counts, weekends and changes of the clocks included."""

    days: int = 0
    """Days of the calendar: the same time of day, so many days later."""

    months: int = 0
    """Months of the calendar: the same day and time, or the last day of a shorter month."""

    def __str__(self) -> str:
        """Return it as settings spell it."""
        if self.months:
            return f"{self.months} month{'s' if self.months > 1 else ''}"
        if self.days:
            return f"{self.days} day{'s' if self.days > 1 else ''}"
        hours, minutes = divmod(int(self.elapsed.total_seconds()) // 60, 60)
        return "".join(filter(None, (f"{hours}h" if hours else "", f"{minutes}m" if minutes else "")))


def period(written: object) -> Period:
    """Return a period from `72h`, `15m`, `30 days`, `1 week` or `1 month`.

    Raises:
        Unusable: it is none of these.
    """
    if isinstance(written, str):
        if found := re.fullmatch(_ELAPSED, written, re.ASCII):
            parts = (int((part or "0").rstrip("hm")) for part in found.groups())
            hours, minutes = parts
            return Period(elapsed=timedelta(hours=hours, minutes=minutes))
        if found := re.fullmatch(_CALENDAR, written, re.ASCII):
            count, unit = int(found[1]), found[2].rstrip("s")
            return Period(months=count) if unit == "month" else Period(days=count * (7 if unit == "week" else 1))
    raise Unusable(
        f"{shown(written)} is not a time limit.",
        "Write elapsed hours as in 72h, or days and months of the calendar as in 30 days or 1 month.",
    )


Limit = Annotated[
    Period,
    Parsed(
        period,
        spelled(f"({_ELAPSED}|{_CALENDAR})", "Write 72h, 30 days or 1 month.", examples=["72h", "30 days", "1 month"]),
    ),
]
