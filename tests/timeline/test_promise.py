"""The promise of a next update."""

from datetime import timedelta

from stillup.timeline.promise import Promise, promise
from tests.timeline.records import MAINTAINED, PARTIAL, clock, incident, maintenance, on, told, withdrawn

HALF = timedelta(minutes=30)
SECOND = timedelta(seconds=1)


def test_a_promise_is_late_after_its_time_not_at_it():
    record = incident(told(clock("10:12"), "investigating", components={"stripe": PARTIAL}, next_update_in=HALF))
    due = clock("10:42")

    kept = promise(record, due)

    assert kept == Promise(due=due, late=False, every=HALF, update="20261120t101200z")
    assert promise(record, due + SECOND).late


def test_a_promise_may_name_its_time():
    record = incident(told(clock("10:12"), "investigating", next_update_at=clock("12:00")))

    assert promise(record, clock("10:15")).due == clock("12:00")
    assert promise(record, clock("10:15")).every is None


def test_the_newest_update_speaks_even_when_it_promises_nothing():
    silent = incident(told(clock("10:00"), "investigating", next_update_in=HALF), told(clock("10:20"), "identified"))

    assert promise(silent, clock("10:30")) is None


def test_a_draft_and_a_withdrawn_update_promise_nothing():
    record = incident(
        told(clock("10:00"), "investigating", next_update_in=HALF),
        told(clock("10:10"), "identified", next_update_in=2 * HALF, withdrawn=withdrawn(clock("10:11"))),
        told(clock("11:00"), "monitoring", next_update_in=HALF),
    )

    assert promise(record, clock("10:20")).due == clock("10:30")
    assert promise(record, clock("10:54")).due == clock("10:30")
    assert promise(record, clock("10:55")).due == clock("11:30")


def test_nothing_is_owed_once_it_is_resolved_or_before_it_is_public():
    record = incident(
        told(clock("10:00"), "investigating", next_update_in=HALF),
        told(clock("10:20"), "resolved", next_update_in=HALF),
    )

    assert promise(record, clock("09:00")) is None
    assert promise(record, clock("10:40")) is None


def test_a_maintenance_owes_updates_while_it_runs():
    record = maintenance(
        told(on(10), "scheduled", components={"db": MAINTAINED}),
        told(clock("01:50"), "in_progress", next_update_in=HALF),
        start=clock("02:00"),
        end=clock("04:00"),
    )

    assert promise(record, on(11)) is None
    assert promise(record, clock("03:00")).late
    assert promise(record, clock("04:00")) is None
