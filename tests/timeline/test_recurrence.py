"""When the windows of a series begin, across clock changes."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from stillup.records.incident import Schedule
from stillup.timeline.course import course
from stillup.timeline.recurrence import LIMIT, starts
from tests.timeline.records import MAINTAINED, maintenance, on, told


def begin(first: str, zone: str, rule: str, until: str = "2027-12-31", exceptions=()) -> list[str]:
    """The starts up to `until`, in local time with their offset."""
    start = datetime.fromisoformat(first).replace(tzinfo=ZoneInfo(zone))
    schedule = Schedule(
        start=start, end=start + timedelta(hours=1), timezone=zone, recurrence=rule, exceptions=exceptions
    )
    end = datetime.fromisoformat(until).replace(tzinfo=UTC)
    return [f"{moment.astimezone(ZoneInfo(zone)):%m-%d %H:%M%z}" for moment in starts(schedule, start, end)]


def test_local_time_is_kept_when_clocks_change():
    assert begin("2026-10-18 03:30", "Europe/Berlin", "FREQ=WEEKLY;COUNT=3") == [
        "10-18 03:30+0200", "10-25 03:30+0100", "11-01 03:30+0100",
    ]  # fmt: skip


def test_a_time_that_does_not_exist_moves_forward_by_the_gap():
    assert begin("2026-03-22 02:30", "Europe/Berlin", "FREQ=WEEKLY;COUNT=3") == [
        "03-22 02:30+0100", "03-29 03:30+0200", "04-05 02:30+0200",
    ]  # fmt: skip
    assert begin("2026-09-27 02:15", "Australia/Lord_Howe", "FREQ=WEEKLY;COUNT=2") == [
        "09-27 02:15+1030", "10-04 02:45+1100",
    ]  # fmt: skip


def test_of_a_time_that_comes_twice_it_is_the_first():
    assert begin("2026-10-25 01:30", "America/New_York", "FREQ=WEEKLY;COUNT=3") == [
        "10-25 01:30-0400", "11-01 01:30-0400", "11-08 01:30-0500",
    ]  # fmt: skip


def test_a_window_is_equally_long_on_the_day_clocks_change():
    zone = ZoneInfo("Europe/Berlin")
    record = maintenance(
        told(on(1, month=3), "scheduled", components={"db": MAINTAINED}),
        start=datetime(2026, 3, 22, 1, tzinfo=zone),
        end=datetime(2026, 3, 22, 5, tzinfo=zone),
        timezone="Europe/Berlin",
        recurrence="FREQ=WEEKLY;COUNT=2",
    )

    windows = course(record, on(1, month=4)).occurrences

    assert [window.end - window.start for window in windows] == [timedelta(hours=4)] * 2
    assert windows[1].end.astimezone(zone).hour == 6


def test_a_single_window_across_the_change_is_as_long_as_its_clock_readings_say():
    zone = ZoneInfo("Europe/Berlin")
    record = maintenance(
        told(on(1, month=3), "scheduled", components={"db": MAINTAINED}),
        start=datetime(2026, 3, 29, 1, tzinfo=zone),
        end=datetime(2026, 3, 29, 5, tzinfo=zone),
    )

    (window,) = course(record, on(1, month=4)).occurrences

    assert window.end - window.start == timedelta(hours=3)


@pytest.mark.parametrize(
    ("rule", "days"),
    [
        ("FREQ=WEEKLY;UNTIL=20261104", ["10-21", "10-28", "11-04"]),
        ("FREQ=WEEKLY;UNTIL=20261104T020000Z", ["10-21", "10-28", "11-04"]),
        ("FREQ=WEEKLY;UNTIL=20261104T015959Z", ["10-21", "10-28"]),
        ("FREQ=WEEKLY;UNTIL=20261104T030000", ["10-21", "10-28", "11-04"]),
        ("RRULE:FREQ=WEEKLY;COUNT=2", ["10-21", "10-28"]),
        ("freq=monthly;byday=3we;count=2", ["10-21", "11-18"]),
    ],
)
def test_the_ways_a_rule_may_end(rule, days):
    assert [start[:5] for start in begin("2026-10-21 03:00", "Europe/Berlin", rule)] == days


def test_an_exception_counts_towards_the_rule():
    excepted = datetime(2026, 10, 28, 2, tzinfo=UTC)

    found = begin("2026-10-21 03:00", "Europe/Berlin", "FREQ=WEEKLY;COUNT=3", exceptions=(excepted,))

    assert [start[:5] for start in found] == ["10-21", "11-04"]


def test_windows_are_looked_at_up_to_an_instant_and_at_least_to_the_next():
    start = on(1)
    weekly = Schedule(start=start, end=start + timedelta(hours=1), recurrence="FREQ=WEEKLY")

    assert starts(weekly, start, on(15)) == [on(1), on(8), on(15)]
    assert starts(weekly, on(9), on(10)) == [on(1), on(8), on(15)]
    assert starts(weekly, on(8), on(8)) == [on(1), on(8), on(15)]


def test_an_endless_rule_ends_somewhere():
    start = on(1)
    dense = Schedule(start=start, end=start + timedelta(minutes=5), recurrence="FREQ=MINUTELY")
    never = Schedule(start=start, end=start + timedelta(hours=1), recurrence="FREQ=MONTHLY;BYMONTH=2;BYMONTHDAY=30")

    assert len(starts(dense, start, start + timedelta(days=366))) == LIMIT
    assert starts(never, start, start + timedelta(days=366)) == []
