"""What a calendar says of time zones, worked out by another library than ours and compared with what Python knows."""

from datetime import UTC, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

import pytest
from dateutil.rrule import rrulestr

from stillup.feeds.zone import described

FIRST, LAST = 2026, 2046
HOUR = timedelta(hours=1)
IRREGULAR = {"Africa/Casablanca", "Africa/El_Aaiun", "Asia/Gaza", "Asia/Hebron"}
"""Their clocks go by Ramadan for sixty years: no rule says that, so each change is listed."""


def onsets(name):
    """Return when each offset of the described zone begins (UTC), up to the end of `LAST`, the oldest first."""
    found = []
    for part in described(name, FIRST, FIRST).subcomponents:
        before, after = part.decoded("tzoffsetfrom"), part.decoded("tzoffsetto")
        start = part.decoded("dtstart")
        local = [start]
        if "rrule" in part:
            rule = rrulestr(part["rrule"].to_ical().decode(), dtstart=start)
            local = rule.between(start, datetime(LAST + 1, 1, 1), inc=True)
        if "rdate" in part:
            local += [each.dt for each in part["rdate"].dts]
        found += [((each - before).replace(tzinfo=UTC), after) for each in local]
    return sorted(found)


@cache
def changes(name):
    """Return instants around each change that Python knows of, and one of each fortnight."""
    zone = ZoneInfo(name)
    told, moment = [], datetime(FIRST, 1, 2, tzinfo=UTC)
    while moment.year <= LAST:
        later = moment + timedelta(days=14)
        if moment.astimezone(zone).utcoffset() != later.astimezone(zone).utcoffset():
            low, high = moment, later
            while high - low > timedelta(minutes=1):
                middle = low + (high - low) / 2
                same = middle.astimezone(zone).utcoffset() == low.astimezone(zone).utcoffset()
                low, high = (middle, high) if same else (low, middle)
            told += [high - HOUR, low - timedelta(minutes=1), high + timedelta(minutes=1), high + HOUR]
        told.append(moment)
        moment = later
    return sorted(told)


@pytest.mark.parametrize("letter", sorted({name[0] for name in available_timezones()}))
def test_each_zone_of_the_world_is_right_for_twenty_years(letter):
    for name in sorted(each for each in available_timezones() if each[0] == letter):
        begun, zone = onsets(name), ZoneInfo(name)
        place = 0
        for instant in changes(name):
            while place + 1 < len(begun) and begun[place + 1][0] <= instant:
                place += 1
            assert begun[place][1] == instant.astimezone(zone).utcoffset(), (name, instant)


def test_a_zone_whose_clocks_change_by_rule_is_told_by_rules():
    """Beyond the years that are listed a program goes on with the rules alone."""
    for name in sorted(available_timezones() - IRREGULAR):
        parts = described(name, FIRST, FIRST).subcomponents
        assert len(parts) <= 4 and not any("rdate" in part for part in parts), name


def test_a_night_after_the_last_thursday_of_a_month_is_a_rule_of_two_months():
    """Egypt, where summer time ends at 24:00 of the last Thursday of October: in 2030 that is 1 November."""
    rules = [part["rrule"].to_ical().decode() for part in described("Africa/Cairo", FIRST, FIRST).subcomponents[1:]]

    assert rules == [
        "FREQ=YEARLY;BYDAY=-1FR;BYMONTH=4",
        "FREQ=YEARLY;BYDAY=FR;BYMONTHDAY=26,27,28,29,30,31;BYMONTH=10",
        "FREQ=YEARLY;BYDAY=FR;BYMONTHDAY=1;BYMONTH=11",
    ]
