"""Whether a recurrence is a rule that can be followed: RFC 5545, hourly at the most, from its own start on."""

import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from functools import cached_property
from itertools import islice, pairwise
from zoneinfo import ZoneInfo

from stillup.records import moment
from stillup.records.refusal import Unusable, choice, listed

_FREQUENCIES = ("YEARLY", "MONTHLY", "WEEKLY", "DAILY", "HOURLY")
_LISTS = {
    "BYMONTH": (1, 12, False),
    "BYMONTHDAY": (1, 31, True),
    "BYYEARDAY": (1, 366, True),
    "BYWEEKNO": (1, 53, True),
    "BYSETPOS": (1, 366, True),
    "BYHOUR": (0, 23, False),
    "BYMINUTE": (0, 59, False),
}
# Elsewhere these only thin out what comes anyway, and to find that nothing is left would take minutes.
_ONLY_IN = {
    "BYYEARDAY": ("YEARLY",),
    "BYWEEKNO": ("YEARLY",),
    "BYMONTHDAY": ("MONTHLY", "YEARLY"),
    "BYSETPOS": ("MONTHLY", "YEARLY"),
}
_KEYS = ("FREQ", "INTERVAL", "COUNT", "UNTIL", "BYDAY", "WKST", *_LISTS)
_DAYS = re.compile(r"(?:[+-]?[1-9]\d?)?(?:MO|TU|WE|TH|FR|SA|SU)").fullmatch
_UNTIL = re.compile(r"\d{8}(?:T\d{6}Z?)?", re.ASCII).fullmatch
_LONGEST = {2: 29, 4: 30, 6: 30, 9: 30, 11: 30}
_LOOKED_AT = 100_000


class Series:
    """A rule in the local time of a zone, from its first occurrence on."""

    def __init__(self, rule: str, start: datetime, zone: str) -> None:
        """Take the rule apart.

        Raises:
            Unusable: it is no rule, or one that never comes true.
        """
        self.zone = ZoneInfo(zone)
        self.start = start.astimezone(self.zone).replace(tzinfo=None)
        self.parts = _parts(rule)
        if "UNTIL" in self.parts and self._until() < self.start:
            raise Unusable("The rule ends before it begins.", "Write an UNTIL after the start.")

    def _until(self) -> datetime:
        written = self.parts["UNTIL"]
        try:
            if written.endswith("Z"):
                last = datetime.strptime(written, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
                return last.astimezone(self.zone).replace(tzinfo=None)
            if "T" in written:
                return datetime.strptime(written, "%Y%m%dT%H%M%S")
            return datetime.strptime(written, "%Y%m%d") + timedelta(hours=23, minutes=59, seconds=59)
        except ValueError:
            raise Unusable(
                f"UNTIL={written} is not a day of the calendar.", "Write it as UNTIL=20271231T235959Z."
            ) from None

    @cached_property
    def _rule(self) -> Iterable[datetime]:
        from dateutil.rrule import rrulestr  # most records have no series, and no build should wait for it

        parts = {**self.parts, **({"UNTIL": self._until().strftime("%Y%m%dT%H%M%S")} if "UNTIL" in self.parts else {})}
        try:
            return rrulestr(";".join(map("=".join, parts.items())), dtstart=self.start)
        except ValueError as error:
            raise Unusable(
                f"The rule cannot be followed: {str(error).rstrip('.')}.", "Write it as FREQ=WEEKLY;BYDAY=SU;COUNT=8."
            ) from None

    def first(self, count: int) -> list[datetime]:
        """Return the first occurrences in local time."""
        return list(islice(self._rule, count))

    def gap(self) -> timedelta | None:
        """Return the shortest time between early occurrences, None where there is only one."""
        return min((after - before for before, after in pairwise(self.first(60))), default=None)

    def missing(self, starts: Iterable[datetime]) -> Iterator[datetime]:
        """Yield those of `starts` that are no occurrence."""
        wanted = {start.astimezone(UTC): start for start in starts}
        if not wanted:
            return
        last = max(wanted)
        for occurrence in islice(self._rule, _LOOKED_AT):
            real = self.real(occurrence)
            if real > last:
                break
            wanted.pop(real, None)
        yield from wanted.values()

    def real(self, occurrence: datetime) -> datetime:
        """Return the instant of an occurrence in local time, in UTC.

        Where clocks go forward it moves by the gap; a time that comes twice, where they go back, means the first.
        """
        return occurrence.replace(tzinfo=self.zone, fold=0).astimezone(UTC)

    def near(self, start: datetime) -> str:
        """Return in words the occurrences around `start`."""
        local = start.astimezone(self.zone).replace(tzinfo=None)
        around: list[datetime] = []
        for occurrence in islice(self._rule, _LOOKED_AT):
            around = [*around[-1:], occurrence]
            if occurrence > local:
                break
        return listed(moment.utc(time.replace(tzinfo=self.zone)) for time in around)


def _parts(rule: str) -> dict[str, str]:
    """Return the parts of a rule by name, in capitals."""
    parts: dict[str, str] = {}
    for part in rule.strip().upper().removeprefix("RRULE:").rstrip(";").split(";"):
        key, equals, value = part.partition("=")
        if not equals or not value:
            raise Unusable(f'"{part}" is not a part of a rule.', "Write it as FREQ=WEEKLY;BYDAY=SU;COUNT=8.")
        if key not in _KEYS:
            raise Unusable(
                f"{key} is not a part of a rule that can be used here.", choice(key, _KEYS) or f"Use {listed(_KEYS)}."
            )
        if key in parts:
            raise Unusable(f"{key} stands twice in the rule.", "Keep one of the two.")
        parts[key] = value
    _check(parts)
    return parts


def _check(parts: dict[str, str]) -> None:
    frequency = parts.get("FREQ")
    if frequency is None:
        raise Unusable("The rule does not say how often.", "Begin it with FREQ=WEEKLY, for example.")
    if frequency not in _FREQUENCIES:
        raise Unusable(f"FREQ={frequency} cannot be used.", f"Use {listed(_FREQUENCIES)}.")
    if "COUNT" in parts and "UNTIL" in parts:
        raise Unusable("The rule has both COUNT and UNTIL.", "Keep one of the two.")
    for key in ("INTERVAL", "COUNT"):
        if key in parts and not re.fullmatch(r"[1-9]\d{0,3}", parts[key], re.ASCII):
            raise Unusable(f"{key}={parts[key]} is not a number from 1 to 9999.", f"Write it as {key}=2.")
    if "UNTIL" in parts and not _UNTIL(parts["UNTIL"]):
        raise Unusable(f"UNTIL={parts['UNTIL']} is not a time.", "Write it as UNTIL=20271231T235959Z.")
    if "WKST" in parts and parts["WKST"] not in {"MO", "TU", "WE", "TH", "FR", "SA", "SU"}:
        raise Unusable(f"WKST={parts['WKST']} is not a day.", "Use MO, TU, WE, TH, FR, SA or SU.")
    for day in parts.get("BYDAY", "MO").split(","):
        if not _DAYS(day):
            raise Unusable(f"BYDAY={day} is not a day.", "Use MO, TU, WE, TH, FR, SA or SU.")
        if len(day) > 2 and frequency not in {"MONTHLY", "YEARLY"}:
            raise Unusable(f"BYDAY={day} needs FREQ=MONTHLY or FREQ=YEARLY.", f"Write {day[-2:]}.")
    numbers = {key: _numbers(key, parts[key]) for key in _LISTS if key in parts}
    for key, frequencies in _ONLY_IN.items():
        if key in parts and frequency not in frequencies:
            raise Unusable(f"{key} needs {listed(f'FREQ={word}' for word in frequencies)}.", "Leave it out.")
    longest = max(_LONGEST.get(month, 31) for month in numbers.get("BYMONTH", [1]))
    if all(abs(day) > longest for day in numbers.get("BYMONTHDAY", [1])):
        raise Unusable("The rule never comes true: its months have no such day.", "Write another BYMONTHDAY.")


def _numbers(key: str, written: str) -> list[int]:
    least, most, signed = _LISTS[key]
    result = []
    for word in written.split(","):
        if (
            not re.fullmatch(r"[+-]?\d{1,3}" if signed else r"\d{1,2}", word, re.ASCII)
            or not least <= abs(int(word)) <= most
        ):
            raise Unusable(f"{key}={word} is out of range.", f"Use numbers from {least} to {most}.")
        result.append(int(word))
    return result
