"""The rule of times: each with its zone, none that two readers read in two ways."""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from stillup.errors import Level
from stillup.lint.case import Case, Text
from stillup.lint.pattern import CLOCK
from stillup.lint.rule import Remark, Rule

_ZONE = (
    r"(?:UTC|GMT|Z|[A-Z]{3,4}|[+-]\d\d:?\d\d|(?:UTC|GMT)[+-]\d{1,2}|[A-Z][a-z]+/[A-Z][A-Za-z_]+"
    r"|(?:local|[A-Z][a-z]+)(?:[ -][A-Z][a-z]+)*[ -][Tt]ime"
    r"|[aApP]\.?[mM]\.? ?[A-Z]{2,4}|[A-Z]T)"
)
_TO = "to|and|until|till|a|y|hasta|bis|und|à|et|até|e|～|から|至|到|إلى|و"
"""What stands between the ends of a span, in the languages that pages speak."""

_TIME = re.compile(
    rf"(?<![\d:.])(?P<clock>{CLOCK}(?::\d\d)?)(?P<half> ?[aApP]\.?[mM]\.?\b)?"
    rf"(?P<range>\s*(?:-|–|—|{_TO})\s*{CLOCK}(?: ?[aApP]\.?[mM]\.?\b)?)?\s*\(?(?P<zone>{_ZONE}(?![a-z]))?"
    rf"|(?<![\d:.])(?P<hour>1[0-2]|0?[1-9]) ?(?P<m>[aApP]\.?[mM])\b\.?(?: \(?(?P<zone2>{_ZONE}(?![a-z])))?"
)
_DATE = re.compile(r"(?<![\d/.-])(?:0?[1-9]|[12]\d|3[01])/(?:0?[1-9]|[12]\d|3[01])(?:/(?:\d{4}|\d\d))?(?![\d/])")
_AMBIGUOUS = {
    "CST": "America/Chicago, Asia/Shanghai or America/Havana",
    "IST": "India, Ireland or Israel",
    "BST": "Britain or Bangladesh",
    "AST": "the Atlantic or Arabia",
    "SST": "Samoa or Singapore",
    "AMT": "the Amazon or Armenia",
    "ECT": "Ecuador or the Caribbean",
}
_SEASONAL = {
    "CET": "Europe/Berlin", "CEST": "Europe/Berlin", "EST": "America/New_York", "EDT": "America/New_York",
    "PST": "America/Los_Angeles", "PDT": "America/Los_Angeles", "MST": "America/Denver", "MDT": "America/Denver",
    "CDT": "America/Chicago", "EET": "Europe/Athens", "EEST": "Europe/Athens", "WET": "Europe/Lisbon",
    "WEST": "Europe/Lisbon", "AEST": "Australia/Sydney", "AEDT": "Australia/Sydney",
}  # fmt: skip

_BEFORE, _AFTER = timedelta(days=1), timedelta(days=7)
"""Of what days beside its own an update speaks: what was last night, what comes on Sunday."""

_HALF_A_YEAR = timedelta(days=183)
"""A series goes through both times of the year."""


def _times(case: Case) -> Iterator[Remark]:
    for text in case.everything:
        if text.of_record and text.field != "title":
            continue
        for found in _TIME.finditer(text.prose):
            zone = (found["zone"] or found["zone2"] or "").rpartition(" ")[2]
            if not zone:
                if not _zone_follows(text.prose[found.end() :]):
                    yield Remark(
                        text=text,
                        at=found[0].strip(),
                        message=f"'{found[0].strip()}' is told without its zone.",
                        fix=f"Write {found[0].strip()} UTC, or the zone it is in.",
                    )
                continue
            yield from (_judged(case, text, found[0].strip(), zone))
        for found in _DATE.finditer(text.prose):
            yield Remark(
                text=text,
                at=found[0],
                message=f"'{found[0]}' is one day in Europe and another in America.",
                fix="Write the month as a word, or 2026-03-04.",
            )


def _zone_follows(rest: str) -> bool:
    """Whether the zone of a list of times stands at its end: `10:00, 10:30 and 11:00 UTC`."""
    return re.match(rf"(?:\s*(?:,|and|or|to|-|–)\s*{CLOCK})+\s*\(?{_ZONE}(?![a-z])", rest) is not None


def _judged(case: Case, text: Text, shown: str, zone: str) -> Iterator[Remark]:
    own = case.page.settings.timezone
    if zone in {_abbreviation(own, at) for at in _told_of(case)}:
        return  # the page prints its own times so, and says which zone they are in
    if zone in _AMBIGUOUS:
        yield Remark(
            text=text, at=shown, message=f"{zone} may be {_AMBIGUOUS[zone]}.", fix="Write UTC, or an offset as +05:30."
        )
    elif zone in _SEASONAL and zone not in {_abbreviation(_SEASONAL[zone], at) for at in _told_of(case)}:
        real = _abbreviation(_SEASONAL[zone], case.update.at)
        yield Remark(
            text=text,
            at=shown,
            message=f"On this day it is {real} there, not {zone}.",
            fix=f"Write {real} or UTC, and the hour that is meant.",
        )


def _told_of(case: Case) -> Iterator[datetime]:
    """Yield the ends of each stretch that the update may speak of: clocks change at most once in any of them."""
    record, at = case.record, case.update.at
    yield min(record.started_at or at, at) - _BEFORE
    yield at + _AFTER
    if record.scheduled is not None:
        yield from (record.scheduled.start, record.scheduled.end)
        if record.scheduled.recurrence:
            yield record.scheduled.start + _HALF_A_YEAR
    for update in record.updates:
        if update.scheduled is not None:
            yield from (update.scheduled.start, update.scheduled.end)


def _abbreviation(name: str, at: datetime) -> str:
    return at.astimezone(ZoneInfo(name)).tzname() or ""


RULES = (
    Rule(
        "C25",
        Level.ERROR,
        "Times have a zone that holds at that time of the year, and dates can be read in one way only.",
        _times,
    ),
)
