"""The course of a maintenance: by the clock, by its updates, and across moves."""

import pytest

from stillup.records.incident import Move
from stillup.timeline.course import course
from stillup.vocabulary import Impact, Kind, UpdateStatus
from tests.timeline.records import (
    FINE,
    MAINTAINED,
    MINUTE,
    PARTIAL,
    clock,
    incident,
    maintenance,
    on,
    spans,
    told,
    withdrawn,
)
from tests.timeline.works import ANNOUNCED, NIGHT, state


def test_windows_are_half_open_by_the_clock():
    record = maintenance(ANNOUNCED, **NIGHT)

    assert state(record, clock("01:59")) == "scheduled"
    assert state(record, clock("02:00")) == "in_progress"
    assert state(record, clock("03:59")) == "in_progress"
    assert state(record, clock("04:00")) == "completed"
    assert spans(course(record, clock("01:59"))) == []
    assert spans(course(record, clock("02:00"))) == [("db", "02:00", "", "under_maintenance")]
    assert spans(course(record, clock("04:00"))) == [("db", "02:00", "04:00", "under_maintenance")]


def test_the_clock_closes_a_maintenance_at_its_end():
    record = maintenance(ANNOUNCED, **NIGHT)

    running, over = course(record, clock("03:00")), course(record, clock("05:00"))

    assert (running.started, running.ended, running.closed, running.settled) == (clock("02:00"), None, None, False)
    assert (over.ended, over.closed, over.settled) == (clock("04:00"), clock("04:00"), True)
    assert (over.impact, over.worst) == (Impact.NONE, MAINTAINED)


def test_an_announcement_may_say_worse_than_maintenance():
    record = maintenance(told(on(10), "scheduled", components={"db": PARTIAL, "api": MAINTAINED}), **NIGHT)

    assert spans(course(record, clock("03:00"))) == [
        ("api", "02:00", "", "under_maintenance"),
        ("db", "02:00", "", "partial_outage"),
    ]
    assert course(record, clock("03:00")).impact is Impact.MAJOR


def test_an_update_begins_and_ends_it_earlier():
    record = maintenance(ANNOUNCED, told(clock("01:30"), "in_progress"), told(clock("03:10"), "completed"), **NIGHT)

    assert state(record, clock("01:45")) == "in_progress"
    assert spans(course(record, clock("06:00"))) == [("db", "01:30", "03:10", "under_maintenance")]
    assert course(record, clock("06:00")).closed == clock("03:10")


def test_reports_after_the_clock_has_acted_move_neither_edge():
    record = maintenance(ANNOUNCED, told(clock("02:20"), "in_progress"), told(clock("04:15"), "completed"), **NIGHT)

    assert spans(course(record, clock("06:00"))) == [("db", "02:00", "04:00", "under_maintenance")]


def test_work_that_is_told_to_go_on_after_the_end_runs_until_it_is_told_to_be_over():
    record = maintenance(ANNOUNCED, told(clock("04:10"), "in_progress"), told(clock("05:30"), "completed"), **NIGHT)

    assert state(record, clock("04:04")) == "completed"
    assert state(record, clock("05:00")) == "in_progress"
    assert spans(course(record, clock("06:00"))) == [
        ("db", "02:00", "04:00", "under_maintenance"),
        ("db", "04:10", "05:30", "under_maintenance"),
    ]


def test_a_stated_impact_is_kept():
    assert course(maintenance(ANNOUNCED, impact=Impact.MINOR, **NIGHT), on(11)).impact is Impact.MINOR


def test_work_told_to_go_on_at_the_very_end_leaves_no_seam():
    record = maintenance(ANNOUNCED, told(clock("04:00"), "in_progress"), **NIGHT)

    assert spans(course(record, clock("06:00"))) == [("db", "02:00", "", "under_maintenance")]


def test_verifying_keeps_the_claim_and_the_clock():
    record = maintenance(ANNOUNCED, told(clock("03:30"), "verifying"), **NIGHT)

    assert state(record, clock("03:45")) == "verifying"
    assert spans(course(record, clock("03:45"))) == [("db", "02:00", "", "under_maintenance")]
    assert state(record, clock("04:00")) == "completed"


def test_a_component_told_to_be_back_is_free_while_the_rest_goes_on():
    record = maintenance(
        told(on(10), "scheduled", components={"db": MAINTAINED, "api": MAINTAINED}),
        told(clock("03:00"), "in_progress", components={"api": FINE}),
        **NIGHT,
    )

    assert spans(course(record, clock("05:00"))) == [
        ("api", "02:00", "03:00", "under_maintenance"),
        ("db", "02:00", "04:00", "under_maintenance"),
    ]


def test_components_named_while_it_runs_join():
    record = maintenance(ANNOUNCED, told(clock("03:00"), "in_progress", components={"api": PARTIAL}), **NIGHT)

    assert spans(course(record, clock("05:00"))) == [
        ("db", "02:00", "04:00", "under_maintenance"),
        ("api", "03:00", "04:00", "partial_outage"),
    ]


def test_a_maintenance_told_after_its_start_held_from_its_start():
    record = maintenance(told(clock("02:30"), "scheduled", components={"db": MAINTAINED}), **NIGHT)

    assert spans(course(record, clock("03:00"))) == [("db", "02:00", "", "under_maintenance")]


class TestManual:
    """`auto: false`: only updates begin and end it."""

    def test_nothing_happens_by_the_clock(self):
        record = maintenance(ANNOUNCED, auto=False, **NIGHT)

        assert state(record, clock("03:00")) == "scheduled"
        assert state(record, clock("09:00")) == "scheduled"
        assert spans(course(record, clock("09:00"))) == []
        assert course(record, clock("09:00")).open

    def test_it_runs_from_in_progress_past_its_end_until_completed(self):
        record = maintenance(
            ANNOUNCED, told(clock("02:15"), "in_progress"), told(clock("05:00"), "completed"), auto=False, **NIGHT
        )

        assert state(record, clock("04:30")) == "in_progress"
        assert spans(course(record, clock("04:30"))) == [("db", "02:15", "", "under_maintenance")]
        assert spans(course(record, clock("06:00"))) == [("db", "02:15", "05:00", "under_maintenance")]

    def test_put_back_to_scheduled_it_waits_again(self):
        record = maintenance(
            ANNOUNCED, told(clock("02:15"), "in_progress"), told(clock("02:30"), "scheduled"), auto=False, **NIGHT
        )

        assert state(record, clock("03:00")) == "scheduled"
        assert spans(course(record, clock("03:00"))) == [("db", "02:15", "02:30", "under_maintenance")]

    def test_put_back_after_its_end_it_still_waits(self):
        record = maintenance(
            ANNOUNCED, told(clock("02:15"), "in_progress"), told(clock("05:00"), "scheduled"), auto=False, **NIGHT
        )

        assert state(record, clock("06:00")) == "scheduled"


class TestCancelled:
    """Cancelling ends everything not yet past."""

    def test_before_it_begins(self):
        off = course(maintenance(ANNOUNCED, told(on(19), "cancelled"), **NIGHT), clock("03:00"))

        assert (off.status, off.claims, off.closed, off.settled) == (UpdateStatus.CANCELLED, (), on(19), True)
        assert [(o.status.value, o.began, o.ended) for o in off.occurrences] == [("cancelled", None, None)]

    def test_while_it_runs(self):
        off = course(maintenance(ANNOUNCED, told(clock("02:30"), "cancelled"), **NIGHT), clock("03:00"))

        assert spans(off) == [("db", "02:00", "02:30", "under_maintenance")]
        assert off.occurrences[0].ended == clock("02:30")

    def test_not_when_it_is_past(self):
        assert state(maintenance(ANNOUNCED, told(clock("05:00"), "cancelled"), **NIGHT), clock("06:00")) == "completed"

    def test_and_announced_again(self):
        record = maintenance(ANNOUNCED, told(on(18), "cancelled"), told(on(19), "scheduled"), **NIGHT)

        assert state(record, clock("03:00")) == "in_progress"


class TestMoved:
    """An update that carries a new window."""

    def test_before_it_begins(self):
        moved = told(on(19), "scheduled", scheduled=Move(start=on(21, "02:00"), end=on(21, "05:00")))
        record = maintenance(ANNOUNCED, moved, **NIGHT)

        assert state(record, on(18)) == "scheduled"
        assert course(record, on(18)).occurrences[0].start == clock("02:00")
        assert state(record, clock("03:00")) == "scheduled"
        assert state(record, on(21, "04:30")) == "in_progress"
        (window,) = course(record, on(22)).occurrences
        assert (window.planned_start, window.began, window.ended) == (clock("02:00"), on(21, "02:00"), on(21, "05:00"))

    def test_longer_while_it_runs(self):
        longer = told(clock("03:50"), "in_progress", scheduled=Move(start=clock("02:00"), end=clock("05:00")))
        record = maintenance(ANNOUNCED, longer, **NIGHT)

        assert state(record, clock("04:30")) == "in_progress"
        assert spans(course(record, clock("06:00"))) == [("db", "02:00", "05:00", "under_maintenance")]

    def test_away_while_it_runs(self):
        away = told(clock("02:30"), "scheduled", scheduled=Move(start=on(21, "02:00"), end=on(21, "03:00")))
        record = maintenance(ANNOUNCED, away, **NIGHT)

        assert state(record, clock("03:00")) == "scheduled"
        assert spans(course(record, on(22))) == [
            ("db", "02:00", "02:30", "under_maintenance"),
            ("db", "02:00", "03:00", "under_maintenance"),
        ]

    def test_after_it_was_completed(self):
        again = told(clock("05:00"), "scheduled", scheduled=Move(start=clock("22:00"), end=clock("23:00")))
        record = maintenance(ANNOUNCED, again, **NIGHT)

        assert state(record, clock("04:30")) == "completed"
        assert state(record, clock("05:00")) == "scheduled"
        assert state(record, clock("22:30")) == "in_progress"

    def test_into_a_time_that_has_already_begun(self):
        earlier = told(on(18), "scheduled", scheduled=Move(start=on(17, "23:00"), end=on(18, "02:00")))
        record = maintenance(ANNOUNCED, earlier, **NIGHT)

        assert spans(course(record, on(18, "01:00"))) == [("db", "00:00", "", "under_maintenance")]

    def test_the_end_of_manual_work_that_goes_on(self):
        longer = told(clock("03:50"), "scheduled", scheduled=Move(start=clock("02:00"), end=clock("05:00")))
        record = maintenance(ANNOUNCED, told(clock("02:00"), "in_progress"), longer, auto=False, **NIGHT)

        assert state(record, clock("04:30")) == "in_progress"


@pytest.mark.parametrize("auto", [True, False])
def test_a_maintenance_told_when_it_was_over_held_its_window(auto):
    record = maintenance(told(clock("09:00"), "completed", components={"db": FINE}), auto=auto, **NIGHT)

    assert spans(course(record, clock("10:00"))) == [("db", "02:00", "04:00", "under_maintenance")]


def test_what_customers_noticed_stands_above_the_window():
    record = maintenance(
        ANNOUNCED,
        told(clock("03:30"), "completed"),
        started_at=clock("02:20"),
        ended_at=clock("03:10"),
        **NIGHT,
    )

    assert spans(course(record, clock("10:00"))) == [("db", "02:20", "03:10", "under_maintenance")]
    assert course(record, clock("10:00")).started == clock("02:20")


def test_an_end_to_come_counts_once_it_has_come():
    record = maintenance(ANNOUNCED, told(clock("03:30"), "completed"), ended_at=clock("03:45"), **NIGHT)

    assert spans(course(record, clock("03:40"))) == [("db", "02:00", "03:30", "under_maintenance")]
    assert spans(course(record, clock("03:45"))) == [("db", "02:00", "03:45", "under_maintenance")]


def test_the_end_belongs_to_the_last_run():
    record = maintenance(
        ANNOUNCED,
        told(clock("04:10"), "in_progress"),
        told(clock("05:30"), "completed"),
        ended_at=clock("05:00"),
        **NIGHT,
    )

    assert [(start, end) for _, start, end, _ in spans(course(record, clock("06:00")))] == [
        ("02:00", "04:00"),
        ("04:10", "05:00"),
    ]


def test_an_end_written_while_it_runs_does_not_turn_it_green():
    record = maintenance(ANNOUNCED, ended_at=clock("02:30"), **NIGHT)

    assert spans(course(record, clock("03:00"))) == [("db", "02:00", "", "under_maintenance")]


def test_a_maintenance_whose_updates_are_all_withdrawn_is_off():
    record = maintenance(told(on(10), "scheduled", withdrawn=withdrawn(on(11))), **NIGHT)

    assert (state(record, clock("03:00")), course(record, clock("03:00")).claims) == ("cancelled", ())


def test_a_draft_keeps_a_maintenance_from_being_settled():
    record = maintenance(ANNOUNCED, told(clock("09:00"), "completed"), **NIGHT)

    assert not course(record, clock("05:00")).settled
    assert course(record, clock("09:00")).settled


def test_an_incident_keeps_its_kind_whatever_its_components_say():
    record = incident(told(clock("10:00"), "investigating", components={"db": MAINTAINED}))

    assert course(record, clock("10:00") + MINUTE).kind is Kind.INCIDENT
