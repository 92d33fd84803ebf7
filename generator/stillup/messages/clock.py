"""Times in messages: in the reader's zone and in UTC, each with its zone and, where one is not enough, its date."""

from collections.abc import Sequence
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from stillup.catalogue import Catalogue


def moment(words: Catalogue, at: datetime, zone: ZoneInfo) -> str:
    """Return `Fri 20 Nov 2026, 11:05 CET (10:05 UTC)`; in the zone UTC the time alone."""
    local, plain = at.astimezone(zone), at.astimezone(UTC)
    return _both(words, words.moment(local), [local], [plain], words.clock(plain), words.moment(plain), zone)


def hour(words: Catalogue, at: datetime, zone: ZoneInfo, known: datetime) -> str:
    """Return `11:05 CET (10:05 UTC)`, or the whole moment where the date is not that of `known`."""
    local, plain = at.astimezone(zone), at.astimezone(UTC)
    if local.date() != known.astimezone(zone).date():
        return moment(words, at, zone)
    return _both(words, words.clock(local), [local], [plain], words.clock(plain), words.moment(plain, "day"), zone)


def span(words: Catalogue, start: datetime, end: datetime, zone: ZoneInfo, *, dated: bool = True) -> str:
    """Return `Sun 22 Nov 2026, 03:00 to 04:30 CET (02:00 to 03:30 UTC)`; not `dated`: without a date that is one."""
    local, plain = (start.astimezone(zone), end.astimezone(zone)), (start.astimezone(UTC), end.astimezone(UTC))
    return _both(
        words,
        _span(words, *local, dated=dated),
        local,
        plain,
        _span(words, *plain, dated=False),
        _span(words, *plain, dated=True),
        zone,
    )


def _span(words: Catalogue, start: datetime, end: datetime, *, dated: bool) -> str:
    if start.date() != end.date() or start.utcoffset() != end.utcoffset():
        return words.span(words.moment(start), words.moment(end))
    hours = words.span(words.hour(start), words.clock(end))
    return words.say("moment", date=words.date(start, "weekday_year"), time=hours) if dated else hours


def _both(
    words: Catalogue,
    own: str,
    local: Sequence[datetime],
    plain: Sequence[datetime],
    short: str,
    full: str,
    zone: ZoneInfo,
) -> str:
    """Return `own` with UTC behind it, shortly where the dates are the same."""
    if zone.key == "UTC":
        return own
    same = [each.date() for each in local] == [each.date() for each in plain]
    return words.say("mail.utc", local=own, utc=short if same else full)
