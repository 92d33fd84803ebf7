"""How bad a day was: asked for every day of a year on every page, so it must be quick."""

from collections.abc import Sequence

from stillup.timeline.day import Day
from stillup.vocabulary import ComponentStatus

_NOTHING = (0, 0, 0, 0)
_FINE, _MAINTAINED, _DEGRADED, _PARTIAL, _MAJOR = ComponentStatus


def worst(day: Day) -> ComponentStatus:
    """Return the day's worst state, as `day.worst` does; operational too where nothing is known of it."""
    _, maintained, degraded, partial, major = day.seconds
    if major:
        return _MAJOR
    if partial:
        return _PARTIAL
    if degraded:
        return _DEGRADED
    return _MAINTAINED if maintained else _FINE


def is_bad(day: Day) -> bool:
    """Return whether anything was wrong on a known day, or worked on."""
    return day.known and day.seconds[1:] != _NOTHING


def numbers(days: Sequence[Day]) -> list[int]:
    """Return the places in `days` of those of which `is_bad` is true."""
    return [number for number, day in enumerate(days) if day.seconds[1:] != _NOTHING and day.known]
