"""The course of a series: each window by itself, moved, cancelled, or worked outside of."""

import pytest

from stillup.records.incident import Incident, Move
from stillup.timeline.course import course
from stillup.vocabulary import Kind, UpdateStatus
from tests.timeline.records import (
    FINE,
    MAINTAINED,
    clock,
    maintenance,
    on,
    spans,
    told,
)
from tests.timeline.works import ANNOUNCED, NIGHT, WEEKLY, state, statuses


class TestSeries:
    """Windows that come again: 20 and 27 November, 4 December."""

    def test_every_window_runs_by_the_clock(self):
        record = maintenance(ANNOUNCED, **WEEKLY)

        assert [state(record, on(day, "03:00")) for day in (19, 20, 21, 27)] == [
            "scheduled", "in_progress", "scheduled", "in_progress",
        ]  # fmt: skip
        assert state(record, on(4, "04:00", month=12)) == "completed"
        over = course(record, on(5, month=12))
        assert [f"{claim.start:%m-%d %H:%M}" for claim in over.claims] == ["11-20 02:00", "11-27 02:00", "12-04 02:00"]
        assert (over.closed, over.settled) == (on(4, "04:00", month=12), True)
        assert (over.started, over.ended) == (clock("02:00"), on(4, "04:00", month=12))

    def test_without_a_name_an_update_speaks_of_the_running_window(self):
        record = maintenance(ANNOUNCED, told(clock("02:40"), "completed"), **WEEKLY)

        assert state(record, clock("03:00")) == "scheduled"
        assert statuses(record, on(21)) == ["completed", "scheduled", "scheduled"]

    def test_without_a_name_it_else_speaks_of_the_next_window(self):
        record = maintenance(ANNOUNCED, told(on(26, "22:00"), "in_progress"), **WEEKLY)

        assert statuses(record, on(26, "23:00")) == ["completed", "in_progress", "scheduled"]

    def test_a_late_report_does_not_complete_the_next_window(self):
        record = maintenance(ANNOUNCED, told(clock("04:05"), "completed"), **WEEKLY)

        assert statuses(record, on(21)) == ["completed", "scheduled", "scheduled"]

    def test_work_that_overruns_does_not_begin_the_next_window(self):
        record = maintenance(ANNOUNCED, told(clock("04:05"), "in_progress"), **WEEKLY)

        assert statuses(record, clock("04:30")) == ["in_progress", "scheduled", "scheduled"]

    def test_a_name_says_which(self):
        later = on(4, "02:00", month=12)
        record = maintenance(ANNOUNCED, told(on(21), "cancelled", occurrence=later), **WEEKLY)

        assert statuses(record, on(22)) == ["completed", "scheduled", "cancelled"]
        assert state(record, on(28)) == "completed"
        assert course(record, on(28)).closed == on(27, "04:00")

    def test_cancelled_without_a_name_the_rest_is_off(self):
        off = course(maintenance(ANNOUNCED, told(on(27, "02:30"), "cancelled"), **WEEKLY), on(28))

        assert [o.status.value for o in off.occurrences] == ["completed", "cancelled", "cancelled"]
        assert (off.status, off.closed, off.settled) == (UpdateStatus.CANCELLED, on(27, "02:30"), True)
        assert off.claims[-1].end == on(27, "02:30")

    def test_one_window_moves(self):
        move = Move(start=on(28, "02:00"), end=on(28, "03:00"), occurrence=on(27, "02:00"))
        record = maintenance(ANNOUNCED, told(on(21), "scheduled", scheduled=move), **WEEKLY)

        assert state(record, on(27, "03:00")) == "scheduled"
        assert state(record, on(28, "02:30")) == "in_progress"
        assert [f"{o.planned_start:%d} {o.start:%d}" for o in course(record, on(22)).occurrences] == [
            "20 20", "27 28", "04 04",
        ]  # fmt: skip

    def test_a_moved_window_answers_to_its_old_and_its_new_start(self):
        moves = [
            told(on(21), "scheduled", scheduled=Move(start=on(28), end=on(28, "01:00"), occurrence=on(27, "02:00"))),
            told(on(22), "scheduled", scheduled=Move(start=on(29), end=on(29, "01:00"), occurrence=on(28))),
        ]

        for name in (on(27, "02:00"), on(29)):
            record = maintenance(ANNOUNCED, *moves, told(on(23), "cancelled", occurrence=name), **WEEKLY)
            assert statuses(record, on(24)) == ["completed", "cancelled", "scheduled"]

    def test_what_is_told_of_one_window_stays_with_it(self):
        record = maintenance(
            told(on(10), "scheduled", components={"db": MAINTAINED, "api": MAINTAINED}),
            told(clock("03:00"), "in_progress", components={"api": FINE}),
            **WEEKLY,
        )

        assert spans(course(record, on(27, "05:00")))[2:] == [
            ("api", "02:00", "04:00", "under_maintenance"),
            ("db", "02:00", "04:00", "under_maintenance"),
        ]

    def test_what_is_announced_later_holds_for_what_is_to_come(self):
        record = maintenance(ANNOUNCED, told(on(21), "scheduled", components={"api": FINE}), **WEEKLY)

        assert [claim.component for claim in course(record, on(27, "03:00")).claims] == ["db", "api", "db"]

    def test_a_move_names_its_window(self):
        move = Move(start=on(5, month=12), end=on(5, "01:00", month=12), occurrence=on(4, "02:00", month=12))
        record = maintenance(ANNOUNCED, told(on(21), "scheduled", scheduled=move), **WEEKLY)

        assert [f"{o.start:%d}" for o in course(record, on(22)).occurrences] == ["20", "27", "05"]

    def test_a_report_days_later_is_of_the_window_before_it(self):
        record = maintenance(ANNOUNCED, told(on(24), "completed"), **WEEKLY)

        assert statuses(record, on(25)) == ["completed", "scheduled", "scheduled"]

    def test_work_told_its_own_length_after_the_end_is_of_the_next_window(self):
        record = maintenance(ANNOUNCED, told(clock("06:00"), "in_progress"), **WEEKLY)

        assert statuses(record, clock("06:00")) == ["completed", "in_progress", "scheduled"]

    def test_a_cancelled_window_is_not_the_next(self):
        off = told(on(21), "cancelled", occurrence=on(27, "02:00"))
        record = maintenance(ANNOUNCED, off, told(on(26, "22:00"), "in_progress"), **WEEKLY)

        assert statuses(record, on(26, "23:00")) == ["completed", "cancelled", "in_progress"]

    @pytest.mark.parametrize("moment", [on(27, "02:00"), on(27, "03:59")])
    def test_manual_work_is_of_the_window_it_falls_in_though_an_earlier_one_was_missed(self, moment):
        record = maintenance(ANNOUNCED, told(moment, "in_progress"), auto=False, **WEEKLY)

        assert statuses(record, on(27, "05:00")) == ["scheduled", "in_progress", "scheduled"]

    def test_an_announcement_to_all_does_not_stop_manual_work(self):
        more = told(clock("03:00"), "scheduled", components={"api": FINE})
        record = maintenance(ANNOUNCED, told(clock("02:00"), "in_progress"), more, auto=False, **WEEKLY)

        assert statuses(record, clock("03:30")) == ["in_progress", "scheduled", "scheduled"]

    def test_announced_again_only_what_is_to_come_takes_place(self):
        record = maintenance(ANNOUNCED, told(on(19), "cancelled"), told(on(21), "scheduled"), auto=False, **WEEKLY)

        assert statuses(record, on(22)) == ["cancelled", "scheduled", "scheduled"]

    def test_what_customers_noticed_of_one_window_is_not_known(self):
        record = maintenance(ANNOUNCED, started_at=clock("02:20"), ended_at=clock("03:00"), **WEEKLY)

        assert spans(course(record, clock("05:00"))) == [("db", "02:00", "04:00", "under_maintenance")]

    def test_excepted_windows_do_not_take_place(self):
        record = maintenance(ANNOUNCED, exceptions=(on(27, "02:00"),), **WEEKLY)

        assert [f"{o.start:%m-%d}" for o in course(record, on(10)).occurrences] == ["11-20", "12-04"]

    def test_a_series_of_exceptions_is_off(self):
        off = course(
            maintenance(ANNOUNCED, exceptions=(on(20, "02:00"),), **NIGHT, recurrence="FREQ=DAILY;COUNT=1"), on(11)
        )

        assert (off.status, off.occurrences, off.open) == (UpdateStatus.CANCELLED, (), False)
        assert (off.started, off.ended, off.closed) == (on(10), on(10), on(10))

    def test_an_endless_series_never_closes(self):
        endless = maintenance(ANNOUNCED, **NIGHT, recurrence="FREQ=WEEKLY")

        soon, late = course(endless, on(11)), course(endless, on(11, month=12))

        assert len(soon.occurrences) == 51
        assert len(late.occurrences) == 3 + 53
        assert (late.status, late.closed, late.settled) == (UpdateStatus.SCHEDULED, None, False)

    def test_of_windows_after_a_year_only_one_that_is_named_is_listed(self):
        far = on(21, "02:00", month=1).replace(year=2028)
        record = maintenance(ANNOUNCED, told(on(11), "cancelled", occurrence=far), **NIGHT, recurrence="FREQ=WEEKLY")

        *near, named = course(record, on(11)).occurrences
        assert near[-1].start == on(5, "02:00").replace(year=2027)
        assert (named.start, named.status) == (far, "cancelled")
        assert len(course(record, on(19, "02:00")).occurrences) == 53 + 1
        assert course(record, far).status is UpdateStatus.SCHEDULED

    def test_an_endless_series_called_off_settles(self):
        record = maintenance(ANNOUNCED, told(on(21), "cancelled"), **NIGHT, recurrence="FREQ=WEEKLY")

        soon, late = course(record, on(22)), course(record, on(22).replace(year=2036))

        assert soon.settled
        assert soon == late

    def test_one_window_of_a_series_called_off_may_still_take_place(self):
        move = Move(start=on(24, "02:00"), end=on(24, "03:00"), occurrence=on(27, "02:00"))
        record = maintenance(
            ANNOUNCED,
            told(on(21), "cancelled"),
            told(on(22), "scheduled", scheduled=move),
            **NIGHT,
            recurrence="FREQ=WEEKLY",
        )

        soon, late = course(record, on(25)), course(record, on(25).replace(year=2036))

        assert [o.status.value for o in soon.occurrences[:3]] == ["completed", "completed", "cancelled"]
        assert state(record, on(24, "02:30")) == "in_progress"
        assert soon.settled
        assert soon == late

    def test_a_series_announced_again_goes_on(self):
        again = told(on(22), "scheduled")
        record = maintenance(ANNOUNCED, told(on(21), "cancelled"), again, **NIGHT, recurrence="FREQ=WEEKLY")

        assert state(record, on(27, "03:00")) == "in_progress"
        assert state(record, on(27, "03:00").replace(year=2036, month=11, day=28)) == "in_progress"

    def test_the_next_window_is_known_however_far_it_is(self):
        rare = course(maintenance(ANNOUNCED, **NIGHT, recurrence="FREQ=YEARLY;INTERVAL=4"), on(21))

        assert [o.start.year for o in rare.occurrences] == [2026, 2030]
        assert rare.status is UpdateStatus.SCHEDULED


class TestUnplanned:
    """Without a window only updates say when it took place."""

    ANNOUNCED = told(clock("01:00"), "scheduled", components={"db": MAINTAINED})
    WORK = told(clock("02:10"), "in_progress")
    DONE = told(clock("03:00"), "completed")

    def record(self, *updates, **more):
        return Incident(id="database", title="Emergency work", kind=Kind.MAINTENANCE, updates=updates, **more)

    def test_it_runs_from_its_first_to_its_last_update(self):
        record = self.record(self.ANNOUNCED, self.WORK, self.DONE)

        assert state(record, clock("01:30")) == "scheduled"
        assert state(record, clock("02:30")) == "in_progress"
        assert spans(course(record, clock("04:00"))) == [("db", "02:10", "03:00", "under_maintenance")]
        (window,) = course(record, clock("04:00")).occurrences
        assert (window.start, window.end) == (clock("02:10"), clock("03:00"))

    def test_announced_alone_it_waits(self):
        waiting = course(self.record(self.ANNOUNCED), clock("09:00"))

        assert (waiting.status, waiting.started, waiting.claims) == (UpdateStatus.SCHEDULED, clock("01:00"), ())
        assert waiting.occurrences[0].end == clock("01:00")

    def test_it_took_place_when_customers_noticed_it(self):
        told_after = self.record(
            told(clock("09:00"), "completed", components={"db": MAINTAINED}),
            started_at=clock("02:00"),
            ended_at=clock("03:00"),
        )

        over = course(told_after, clock("10:00"))

        assert spans(over) == [("db", "02:00", "03:00", "under_maintenance")]
        assert (over.occurrences[0].start, over.occurrences[0].end) == (clock("02:00"), clock("03:00"))
