"""What a calendar says of a time zone, read by somebody else's library against what the zone is."""

from datetime import UTC, datetime, timedelta
from io import StringIO
from zoneinfo import ZoneInfo

import pytest
from dateutil import tz

from stillup.feeds.zone import described

RULED = {
    "Europe/Berlin": "the last Sunday",
    "America/New_York": "the second and the first",
    "Australia/Lord_Howe": "half an hour, summer over the turn of the year",
    "Asia/Jerusalem": "the Friday before the last Sunday",
    "America/Nuuk": "at the same instant as others",
    "Europe/Dublin": "winter is the exception",
}
STILL = {"Asia/Kathmandu": "never", "America/Sao_Paulo": "not any more"}
LISTED = {"Africa/Casablanca": "by the moon"}


def text_of(name: str) -> str:
    return described(name, 2025, 2027).to_ical(sorted=False).decode()


def wrong(name: str, until: int) -> list[datetime]:
    """Return the local times up to a year at which a reader of the calendar would be wrong."""
    page = f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\n{text_of(name)}END:VCALENDAR\r\n"
    read, real, found = tz.tzical(StringIO(page)).get(name), ZoneInfo(name), []
    moment = datetime(2026, 1, 1, tzinfo=UTC)
    while moment.year < until:
        local = moment.astimezone(real)
        if not local.fold and local.replace(tzinfo=read).utcoffset() != local.utcoffset():
            found.append(local)
        moment += timedelta(hours=25)
    return found


@pytest.mark.parametrize("name", [*RULED, *STILL])
def test_a_zone_is_right_for_ever_though_its_event_is_in_the_next_year(name):
    assert text_of(name).count("RRULE") == (2 if name in RULED else 0)
    assert wrong(name, 2075) == []


@pytest.mark.parametrize("name", LISTED)
def test_a_zone_without_a_rule_is_right_for_thirty_years(name):
    assert "RRULE" not in text_of(name)
    assert wrong(name, 2057) == []


@pytest.mark.parametrize(("hour", "offset"), [(1, 1), (3, 2)])
def test_clocks_change_at_the_hour_at_which_they_do(hour, offset):
    """On the last Sunday of March, at two in the morning."""
    page = f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\n{text_of('Europe/Berlin')}END:VCALENDAR\r\n"
    read = tz.tzical(StringIO(page)).get("Europe/Berlin")

    assert datetime(2031, 3, 30, hour, 30, tzinfo=read).utcoffset() == timedelta(hours=offset)
