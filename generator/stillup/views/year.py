"""The map of a year: a column a week, Monday at the top."""

from collections.abc import Sequence

from stillup.timeline.day import Day
from stillup.timeline.state import Now
from stillup.views.bar import title
from stillup.views.edition import KEYS, Edition
from stillup.views.page import YearCell
from stillup.views.trouble import is_bad, worst

_PITCH = 14
_HALF = 27
"""How many columns the first half has."""

_LAST_LABEL = 51
"""A label in the last columns would not fit."""


def cells(edition: Edition, days: Sequence[Day], now: Now) -> tuple[YearCell, ...]:
    """Return the large squares: bad days, oldest first."""
    found = []
    for day, (column, line) in zip(days, _places(days), strict=True):
        if is_bad(day):
            key = KEYS[worst(day)]
            x, y = column * _PITCH + 1, line * _PITCH + 15
            found.append(YearCell(x=x, y=y, key=key, title=title(edition, day, now)))
    return tuple(found)


def calm(days: Sequence[Day]) -> tuple[str, str]:
    """Return the paths of the small squares in both halves, one square for each day with data."""
    first: list[str] = []
    second: list[str] = []
    for day, (column, line) in zip(days, _places(days), strict=True):
        if day.known:
            half = first if column < _HALF else second
            half.append(f"M{column * _PITCH + 3} {line * _PITCH + 17}h6v6h-6z")
    return "".join(first), "".join(second)


def labels(edition: Edition, days: Sequence[Day]) -> tuple[tuple[int, str], ...]:
    """Return where each month begins; the first one only where it has room."""
    found: list[tuple[int, str]] = []
    for number, (day, (column, _)) in enumerate(zip(days, _places(days), strict=True)):
        if (number == 0 or day.date.day == 1) and column <= _LAST_LABEL:
            if len(found) == 1 and column - found[0][0] < 2:
                found.clear()
            found.append((column, edition.words.short_month(day.date.month)))
    return tuple([(column * _PITCH, name) for column, name in found])


def _places(days: Sequence[Day]) -> list[tuple[int, int]]:
    """Return column and line of each day."""
    first = days[0].date.weekday()
    return [divmod(number + first, 7) for number in range(len(days))]
