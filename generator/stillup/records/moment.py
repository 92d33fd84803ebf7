"""Instants, days and durations as people write them, strictly: nothing is guessed, least of all a time zone."""

import re
from calendar import isleap, month_name, monthrange
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, available_timezones

from stillup.instant import to_second
from stillup.records.refusal import Unusable, shown

_EXACT = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d)?(?:Z|[+-]\d\d:\d\d)", re.ASCII).fullmatch
_LOOSE = re.compile(r"(\d{4})-(\d\d?)-(\d\d?)(?:[Tt ] *(\d\d?):(\d\d)(?::(\d\d))?(\.\d+)?)? *(.*)", re.ASCII).fullmatch
_OFFSET = re.compile(r"[+-](\d\d?):?(\d\d)?", re.ASCII).fullmatch
_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII).fullmatch
_DURATION = re.compile(r"(?:(\d{1,4})w)?(?:(\d{1,5})d)?(?:(\d{1,6})h)?(?:(\d{1,7})m)?", re.ASCII).fullmatch
_EXAMPLE = "2026-11-20T10:12:00Z"
_LENGTHS = "Write minutes, hours, days or weeks, as in 30m, 4h, 2d or 1h30m."
YEARS = range(1970, 2200)


def instant(written: object) -> datetime:
    """Return the instant in UTC, from RFC 3339 (`T` or space) or `2026-11-20 10:12 Europe/Berlin`.

    Raises:
        Unusable: it has no zone, a fraction of a second, does not exist or exists twice; the fix says what to write.
    """
    if type(written) is str and _EXACT(written):
        try:
            time = datetime.fromisoformat(written)
        except ValueError:
            return _explained(written)
        if time.year in YEARS:
            return time if time.tzinfo is UTC else time.astimezone(UTC)
    return _explained(written)


def day(written: object) -> date:
    """Return the civil day `2026-11-20`.

    Raises:
        Unusable: it is something else, or no day of the calendar.
    """
    if isinstance(written, str) and _DAY(written):
        year, month, number = (int(part) for part in written.split("-"))
        _checked_day(written, year, month, number)
        return date(year, month, number)
    found = _LOOSE(written) if isinstance(written, str) else None
    if found and found[4]:
        raise Unusable(
            f"{shown(written)} is a time, and a day is expected.", f"Write {found[1]}-{found[2]:0>2}-{found[3]:0>2}."
        )
    raise Unusable(f"{shown(written)} is not a day.", "Write it as 2026-11-20.")


def duration(written: object) -> timedelta:
    """Return a positive duration from weeks, days, hours and minutes: `30m`, `4h`, `2d`, `1w`, `1h30m`.

    Raises:
        Unusable: it has no unit, another unit, or is nothing at all.
    """
    if isinstance(written, str):
        return _duration(written)
    if isinstance(written, int) and not isinstance(written, bool):
        raise Unusable(f"{written} has no unit.", f"Write {written}m, {written}h or {written}d.")
    raise Unusable(f"{shown(written)} is not a duration.", _LENGTHS)


@lru_cache(maxsize=256)
def _duration(written: str) -> timedelta:
    """Return the duration that a text is; a page promises the same few again and again."""
    found = _DURATION(written) if written else None
    if found is None:
        raise Unusable(f"{shown(written)} is not a duration.", _LENGTHS)
    weeks, days, hours, minutes = (int(part or 0) for part in found.groups())
    result = timedelta(weeks=weeks, days=days, hours=hours, minutes=minutes)
    if not result:
        raise Unusable(f"{shown(written)} is no time at all.", "Write a duration above zero, as in 30m.")
    return result


@lru_cache(maxsize=128)
def zone(name: str) -> ZoneInfo:
    """Return the IANA zone `name`.

    Raises:
        Unusable: there is none of that name; the fix offers the nearest.
    """
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        from difflib import get_close_matches  # few runs meet a misspelt word

        known = {candidate.lower(): candidate for candidate in available_timezones()}
        near = get_close_matches(name.lower(), known, n=1, cutoff=0.6)
        hint = f"Did you mean {known[near[0]]}?" if near else "Write an IANA name such as Europe/Berlin, or UTC."
        raise Unusable(f"{shown(name)} is not a time zone.", hint) from None


def civil(time: datetime, name: str) -> date:
    """Return the civil day of `time` in the zone `name`."""
    return (time if name == "UTC" and time.tzinfo is UTC else time.astimezone(zone(name))).date()


def utc(time: datetime) -> str:
    """Return `time` as we write it: `2026-11-20T10:12:00Z`."""
    return to_second(time) + "Z"


def stamp(time: datetime) -> str:
    """Return `time` as ids spell it: `20261120t101200z`."""
    exact = to_second(time)
    return f"{exact[:4]}{exact[5:7]}{exact[8:10]}t{exact[11:13]}{exact[14:16]}{exact[17:19]}z"


def _explained(written: object) -> datetime:
    """Return the instant of a less usual spelling, or say what to write instead."""
    found = _LOOSE(written) if isinstance(written, str) else None
    if found is None:
        raise Unusable(f"{shown(written)} is not a time.", f"Write it as {_EXAMPLE}.")
    year, month, number = int(found[1]), int(found[2]), int(found[3])
    civil = f"{year:04}-{month:02}-{number:02}"
    _checked_day(civil, year, month, number)
    if found[4] is None:
        if found[8]:
            raise Unusable(f"{shown(written)} is not a time.", f"Write it as {_EXAMPLE}.")
        raise Unusable(
            f"{shown(written)} is a day without a time.", f"Write {civil}T00:00:00Z with the right time and zone."
        )
    hour, minute, second, where = int(found[4]), int(found[5]), int(found[6] or 0), found[8].strip()
    clock = f"{hour:02}:{minute:02}:{second:02}"
    if hour > 23 or minute > 59 or second > 59:
        raise Unusable(f"{clock} is not a time of day.", "Hours go to 23, minutes and seconds to 59.")
    if found[7]:
        fix = f"Write {civil}T{clock}{where if where in {'Z', 'z', ''} or _OFFSET(where) else ' ' + where}".replace(
            "z", "Z"
        )
        raise Unusable(f"{shown(written)} has a fraction of a second.", f"{fix}{'' if where else 'Z'}.")
    if not where:
        raise Unusable(
            f"{shown(written)} has no time zone.",
            f"Write {civil}T{clock}Z for UTC, or {civil} {clock} Europe/Berlin for another zone.",
        )
    local = datetime(year, month, number, hour, minute, second)  # noqa: DTZ001 - its zone comes next
    if where in {"Z", "z"}:
        return local.replace(tzinfo=UTC)
    if offset := _OFFSET(where):
        hours, minutes = int(offset[1]), int(offset[2] or 0)
        if hours > 14 or minutes > 59 or len(where) != 6:
            raise Unusable(
                f"{shown(where)} is not a zone.",
                f"Write {civil}T{clock}{where[0]}{min(hours, 14):02}:{min(minutes, 59):02}.",
            )
        return datetime.fromisoformat(f"{civil}T{clock}{where}").astimezone(UTC)
    return _in_zone(local, where)


def _in_zone(local: datetime, name: str) -> datetime:
    """Return the one instant at which clocks in the zone `name` show `local`."""
    place = zone(name)
    first, second = local.replace(tzinfo=place), local.replace(tzinfo=place, fold=1)
    if first.utcoffset() == second.utcoffset():
        return first.astimezone(UTC)
    exists = first.astimezone(UTC).astimezone(place).replace(tzinfo=None) == local
    if exists:
        raise Unusable(
            f"{local} happens twice in {name}, because clocks go back.",
            f"Write {first.isoformat()} or {second.isoformat()}.",
        )
    after = first.astimezone(UTC).astimezone(place)
    raise Unusable(f"{local} does not exist in {name}, because clocks go forward.", f"Write {after.isoformat()}.")


def _checked_day(civil: str, year: int, month: int, number: int) -> None:
    if year not in YEARS:
        raise Unusable(f"The year {year} cannot be right.", f"Write a year from {YEARS.start} to {YEARS.stop - 1}.")
    if not 1 <= month <= 12:
        raise Unusable(
            f"{civil} is not a day: there is no month {month}.", "Write year, month and day, as in 2026-11-20."
        )
    last = monthrange(year, month)[1]
    if not 1 <= number <= last:
        leap = f" {year}" if month == 2 and not isleap(year) else ""
        raise Unusable(f"{civil} is not a day of the calendar.", f"{month_name[month]}{leap} ends with day {last}.")
