"""How bad a day was: asked for every day of a year on every page, so it must be quick."""

from stillup.timeline.day import Day
from stillup.vocabulary import ComponentStatus

_FINE = ComponentStatus.OPERATIONAL
_WORST_FIRST = tuple(reversed(ComponentStatus))[:-1]


def worst(day: Day) -> ComponentStatus:
    """Return the day's worst state, as `day.worst` does; operational too where nothing is known of it."""
    _, *bad = day.seconds
    if not any(bad):
        return _FINE
    return next(status for status, seconds in zip(_WORST_FIRST, reversed(bad), strict=True) if seconds)


def is_bad(day: Day) -> bool:
    """Return whether anything was wrong on a known day, or worked on."""
    return day.known and any(day.seconds[1:])
