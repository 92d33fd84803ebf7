"""Civil days of one component."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from stillup.timeline.course import course
from stillup.timeline.day import Day, bounds, days
from tests.timeline.records import DEGRADED, FINE, MAJOR, PARTIAL, clock, component, incident, on, told

BERLIN = ZoneInfo("Europe/Berlin")
ZULU = ZoneInfo("UTC")
FRIDAY = date(2026, 11, 20)
LATER = on(30)
STRIPE = component()


def outage(id, start, end, status=PARTIAL, at=LATER):
    updates = [told(start, "investigating", components={"stripe": status})]
    if end:
        updates.append(told(end, "resolved"))
    return course(incident(*updates, id=id), at)


def on_friday(*courses, at=LATER, part=STRIPE) -> Day:
    (day,) = days(part, courses, ZULU, FRIDAY, FRIDAY, at)
    return day


def test_a_calm_day_is_a_whole_day_of_operation():
    assert on_friday() == Day(date=FRIDAY, seconds=(86400, 0, 0, 0, 0))


def test_seconds_are_counted_by_state_and_overlap_once():
    day = on_friday(
        outage("a", clock("10:00"), clock("11:00"), PARTIAL), outage("b", clock("10:30"), clock("12:00"), MAJOR)
    )

    assert day.seconds == (86400 - 7200, 0, 0, 1800, 5400)
    assert (day.partial, day.major, day.worst) == (1800, 5400, MAJOR)
    assert day.causes == ("a", "b")


def test_an_outage_over_midnight_falls_on_both_days():
    night = outage("a", clock("23:00"), on(22, "01:00"))

    found = days(component(), [night], ZULU, FRIDAY, date(2026, 11, 23), on(30))

    assert [day.partial for day in found] == [3600, 86400, 3600, 0]
    assert [day.causes for day in found] == [("a",), ("a",), ("a",), ()]


def test_causes_stand_in_order_of_their_first_second():
    day = on_friday(
        outage("later", clock("12:00"), clock("13:00")),
        outage("first", on(19, "23:00"), clock("00:10"), DEGRADED),
        outage("again", clock("09:00"), clock("09:30")),
    )

    assert day.causes == ("first", "again", "later")


def test_today_is_counted_up_to_now():
    day = on_friday(outage("a", clock("10:00"), None, at=clock("12:00")), at=clock("12:00"))

    assert day.seconds == (36000, 0, 0, 7200, 0)
    assert day.ongoing


@pytest.mark.parametrize(
    ("courses", "ongoing"),
    [
        ([("a", "10:00", "11:00", PARTIAL)], False),
        ([("a", "10:00", "12:00", PARTIAL)], False),
        ([("a", "10:00", "11:00", MAJOR), ("b", "11:30", None, PARTIAL)], False),
        ([("a", "10:00", "12:00", PARTIAL), ("b", "12:00", None, PARTIAL)], True),
    ],
)
def test_a_day_is_ongoing_while_its_worst_state_holds(courses, ongoing):
    noon = clock("12:00")
    told_of = [outage(id, clock(start), end and clock(end), status, noon) for id, start, end, status in courses]

    assert on_friday(*told_of, at=noon).ongoing is ongoing


def test_what_comes_later_is_not_ongoing():
    morning, evening = outage("a", clock("09:00"), clock("10:00")), outage("b", clock("15:00"), clock("16:00"))

    assert not on_friday(morning, evening, at=clock("12:00")).ongoing
    assert not on_friday(morning, evening, at=clock("15:00") - timedelta(seconds=1)).ongoing
    assert on_friday(morning, evening, at=clock("15:00")).ongoing


def test_only_today_is_ongoing():
    still = outage("a", clock("10:00"), None)

    found = days(component(), [still], ZULU, FRIDAY, date(2026, 11, 30), on(30, "08:00"))

    assert [day.ongoing for day in found] == [False] * 10 + [True]


def test_days_before_since_from_until_and_after_now_are_not_known():
    part = component(since=date(2026, 11, 19), until=date(2026, 11, 21))
    always = outage("a", on(1), None)

    found = days(part, [always], ZULU, date(2026, 11, 18), date(2026, 11, 22), on(30))

    assert [day.known for day in found] == [False, True, True, False, False]
    assert found[0] == Day(date=date(2026, 11, 18), known=False)
    future = days(component(), [always], ZULU, FRIDAY, date(2026, 11, 22), on(21))
    assert [(day.known, day.major + day.partial) for day in future] == [(True, 86400), (True, 0), (False, 0)]


def test_days_follow_the_zone_of_the_page():
    late = outage("a", clock("22:30"), clock("23:30"))

    found = days(component(), [late], BERLIN, FRIDAY, date(2026, 11, 21), on(30))

    assert [day.partial for day in found] == [1800, 1800]


def test_the_day_clocks_go_back_has_25_hours_and_the_spring_day_23():
    always = outage("a", on(1, month=1), None)

    (autumn,) = days(component(), [always], BERLIN, date(2026, 10, 25), date(2026, 10, 25), on(30))
    (spring,) = days(component(), [always], BERLIN, date(2026, 3, 29), date(2026, 3, 29), on(30))

    assert (autumn.partial, spring.partial) == (90000, 82800)


def test_a_monitor_is_counted_without_a_cause():
    day = on_friday(part=component("stripe", (clock("08:00"), MAJOR), (clock("08:10"), FINE)))

    assert (day.major, day.causes) == (600, ())


def test_no_days_between_the_wrong_dates():
    assert days(component(), [], ZULU, FRIDAY, date(2026, 11, 19), on(30)) == ()


@pytest.mark.parametrize(
    ("day", "zone", "start", "hours"),
    [
        (date(2026, 11, 20), "UTC", "2026-11-20T00:00", 24),
        (date(2026, 3, 29), "Europe/Berlin", "2026-03-28T23:00", 23),
        (date(2026, 11, 1), "America/New_York", "2026-11-01T04:00", 25),
        (date(2026, 10, 4), "Australia/Lord_Howe", "2026-10-03T13:30", 23.5),
        (date(2026, 4, 5), "Australia/Lord_Howe", "2026-04-04T13:00", 24.5),
        (date(2011, 12, 29), "Pacific/Apia", "2011-12-29T10:00", 24),
        (date(2011, 12, 30), "Pacific/Apia", "2011-12-30T10:00", 0),
        (date(2011, 12, 31), "Pacific/Apia", "2011-12-30T10:00", 24),
        (date(2018, 11, 4), "America/Sao_Paulo", "2018-11-04T03:00", 23),
        (date(2018, 2, 17), "America/Sao_Paulo", "2018-02-17T02:00", 25),
        (date(1919, 3, 31), "America/Toronto", "1919-03-31T04:30", 23.5),
        (date(1919, 3, 30), "America/Toronto", "1919-03-30T05:00", 23.5),
    ],
)
def test_a_civil_day_begins_with_its_first_instant(day, zone, start, hours):
    begin, end = bounds(day, ZoneInfo(zone))

    assert begin == datetime.fromisoformat(start).replace(tzinfo=UTC)
    assert end - begin == timedelta(hours=hours)


def test_a_day_counted_alone_names_its_causes_in_the_order_of_the_whole_count():
    nights = [outage("b", on(18, "10:00"), None), outage("a", on(19, "10:00"), None)]

    (*_, last) = days(STRIPE, nights, ZULU, date(2026, 11, 17), FRIDAY, LATER)

    assert last.causes == ("b", "a")
    assert on_friday(*nights) == last
