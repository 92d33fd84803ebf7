"""When the page changes although nobody writes anything."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from stillup.records.incident import Postmortem
from stillup.timeline.course import course
from stillup.timeline.due import next_due, next_midnight
from tests.timeline.records import FINE, MAINTAINED, MAJOR, clock, component, incident, maintenance, on, told


def due(*records, at, components=()):
    courses = [course(record, at) for record in records if record.updates[0].at <= at]
    return next_due(records, courses, at, components)


def test_reminders_and_both_edges_of_a_window():
    record = maintenance(
        told(on(10), "scheduled", components={"db": MAINTAINED}), start=clock("02:00"), end=clock("04:00")
    )

    assert due(record, at=on(15)) == clock("02:00") - timedelta(hours=24)
    assert due(record, at=clock("02:00") - timedelta(hours=24)) == clock("01:00")
    assert due(record, at=clock("01:00")) == clock("02:00")
    assert due(record, at=clock("02:00")) == clock("04:00")
    assert due(record, at=clock("04:00")) is None


def test_nobody_is_reminded_of_work_that_is_called_off():
    record = maintenance(
        told(on(10), "scheduled", components={"db": MAINTAINED}),
        told(on(12), "cancelled"),
        start=clock("02:00"),
        end=clock("04:00"),
    )

    assert due(record, at=on(15)) is None


def test_a_promise_that_falls_due():
    record = incident(told(clock("10:00"), "investigating", next_update_in=timedelta(minutes=30)))

    assert due(record, at=clock("10:10")) == clock("10:30") + timedelta(seconds=1)
    assert due(record, at=clock("10:31")) is None


def test_a_draft_and_a_postmortem_that_become_public():
    record = incident(
        told(clock("10:00"), "investigating"),
        told(clock("12:00"), "resolved"),
        postmortem=Postmortem(at=on(23), body="What we learned."),
    )

    assert due(record, at=clock("11:00")) == clock("11:55")
    assert due(record, at=clock("11:55")) == clock("12:00")
    assert due(record, at=clock("12:00")) == on(22, "23:55")


def test_a_record_that_is_not_public_yet():
    assert due(incident(told(clock("10:00"), "investigating")), at=clock("09:00")) == clock("09:55")


def test_a_monitor_ahead_of_its_time():
    part = component("stripe", (clock("09:00"), MAJOR), (clock("10:00"), FINE))

    assert due(at=clock("09:30"), components=[part]) == clock("10:00")


def test_nothing_to_come():
    assert due(incident(told(clock("10:00"), "resolved")), at=clock("11:00")) is None


def test_the_next_midnight_of_the_page():
    assert next_midnight(clock("12:00"), ZoneInfo("Europe/Berlin")) == clock("23:00")
    assert next_midnight(clock("23:00"), ZoneInfo("Europe/Berlin")) == on(21, "23:00")
    twice = datetime(2010, 11, 7, 2, 45, tzinfo=UTC)  # 23:15 on the 6th, again, after 00:00 on the 7th.
    assert next_midnight(twice, ZoneInfo("America/St_Johns")) == datetime(2010, 11, 8, 3, 30, tzinfo=UTC)
    assert next_midnight(on(25, "00:30", month=10), ZoneInfo("Europe/Berlin")) == on(25, "23:00", month=10)
