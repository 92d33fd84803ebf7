"""The course of an incident: who was affected when."""

import pytest

from stillup.records.incident import Postmortem
from stillup.timeline.course import course
from stillup.vocabulary import ComponentStatus, Impact, UpdateStatus
from tests.timeline.records import DEGRADED, FINE, MAJOR, MINUTE, PARTIAL, clock, incident, on, spans, told, withdrawn

AFTER = clock("23:00")


def story(*more, **fields):
    return incident(
        told(clock("10:12"), "investigating", components={"stripe": PARTIAL}),
        told(clock("10:40"), "identified", components={"stripe": MAJOR, "api": DEGRADED}),
        told(clock("11:30"), "resolved"),
        *more,
        **fields,
    )


def test_updates_name_changes_and_the_rest_carries_on():
    assert spans(course(story(), AFTER)) == [
        ("stripe", "10:12", "10:40", "partial_outage"),
        ("api", "10:40", "11:30", "degraded_performance"),
        ("stripe", "10:40", "11:30", "major_outage"),
    ]


def test_an_open_incident_holds_its_components():
    open_one = course(story(), clock("10:45"))

    assert spans(open_one)[1:] == [
        ("api", "10:40", "", "degraded_performance"),
        ("stripe", "10:40", "", "major_outage"),
    ]
    assert (open_one.open, open_one.ended, open_one.closed, open_one.settled) == (True, None, None, False)
    assert open_one.status is UpdateStatus.IDENTIFIED


def test_the_first_components_hold_from_when_customers_noticed_to_when_they_stopped():
    closed = course(story(started_at=clock("10:05"), ended_at=clock("11:10")), AFTER)

    assert spans(closed) == [
        ("stripe", "10:05", "10:40", "partial_outage"),
        ("api", "10:40", "11:10", "degraded_performance"),
        ("stripe", "10:40", "11:10", "major_outage"),
    ]
    assert (closed.started, closed.ended, closed.closed) == (clock("10:05"), clock("11:10"), clock("11:30"))


def test_claims_that_begin_at_or_after_the_end_vanish():
    assert spans(course(story(ended_at=clock("10:40")), AFTER)) == [("stripe", "10:12", "10:40", "partial_outage")]
    assert spans(course(story(ended_at=clock("10:12")), AFTER)) == []


def test_a_component_told_to_be_back_after_the_end_was_back_at_the_end():
    record = incident(
        told(clock("10:00"), "investigating", components={"stripe": PARTIAL}),
        told(clock("11:00"), "monitoring", components={"stripe": FINE}),
        told(clock("11:30"), "resolved"),
        ended_at=clock("10:50"),
    )

    assert spans(course(record, AFTER)) == [("stripe", "10:00", "10:50", "partial_outage")]


def test_an_end_later_than_the_closing_update_is_kept_and_still_to_come():
    record = story(ended_at=clock("12:00"))

    before, after = course(record, clock("11:45")), course(record, clock("12:00"))

    assert spans(before)[-1] == ("stripe", "10:40", "", "major_outage")
    assert spans(after)[-1] == ("stripe", "10:40", "12:00", "major_outage")
    assert (before.settled, after.settled) == (False, True)


def test_an_end_written_on_an_open_incident_does_not_turn_it_green():
    record = incident(told(clock("10:12"), "investigating", components={"stripe": PARTIAL}), ended_at=clock("10:30"))

    assert spans(course(record, AFTER)) == [("stripe", "10:12", "", "partial_outage")]


def test_a_component_that_is_back_before_the_resolution_is_free():
    record = incident(
        told(clock("10:00"), "investigating", components={"stripe": PARTIAL, "api": MAJOR}),
        told(clock("10:20"), "monitoring", components={"api": FINE}),
        told(clock("11:00"), "resolved"),
        ended_at=clock("10:50"),
    )

    assert spans(course(record, AFTER)) == [
        ("api", "10:00", "10:20", "major_outage"),
        ("stripe", "10:00", "10:50", "partial_outage"),
    ]


def test_a_change_that_is_told_later_holds_from_when_it_was():
    record = incident(
        told(clock("10:00"), "investigating", components={"stripe": PARTIAL}),
        told(clock("10:20"), "identified", components={"stripe": MAJOR}, changed_at=clock("10:15")),
        told(clock("10:40"), "monitoring", components={"stripe": FINE}, changed_at=clock("10:30")),
    )
    worse, well = ("stripe", "10:00", "10:15", "partial_outage"), ("stripe", "10:15", "10:30", "major_outage")

    assert spans(course(record, clock("10:34"))) == [worse, ("stripe", "10:15", "", "major_outage")]
    assert spans(course(record, clock("10:41"))) == [worse, well]


def test_a_recovery_takes_back_all_that_was_said_of_the_time_after_it():
    record = incident(
        told(clock("10:00"), "investigating", components={"stripe": PARTIAL}),
        told(clock("10:20"), "identified", components={"stripe": MAJOR}),
        told(clock("10:30"), "monitoring", components={"stripe": FINE}, changed_at=clock("10:10")),
        started_at=clock("09:50"),
    )

    assert spans(course(record, AFTER)) == [("stripe", "09:50", "10:10", "partial_outage")]


def test_who_tells_a_state_later_knows_better_and_of_one_component_alone():
    record = incident(
        told(clock("10:00"), "investigating", components={"stripe": PARTIAL, "api": PARTIAL}),
        told(clock("10:20"), "identified", components={"stripe": MAJOR, "api": MAJOR}),
        told(clock("10:30"), "identified", components={"stripe": DEGRADED}, changed_at=clock("10:10")),
    )

    assert spans(course(record, AFTER)) == [
        ("api", "10:00", "10:20", "partial_outage"),
        ("stripe", "10:00", "10:10", "partial_outage"),
        ("stripe", "10:10", "", "degraded_performance"),
        ("api", "10:20", "", "major_outage"),
    ]


def test_a_state_that_had_begun_before_it_was_told_is_counted_from_then():
    """The same state once more, with an earlier beginning; and one that came back too early."""
    sooner = incident(
        told(clock("10:00"), "investigating", components={"stripe": PARTIAL}),
        told(clock("10:30"), "identified", components={"stripe": MAJOR}),
        told(clock("10:40"), "identified", components={"stripe": MAJOR}, changed_at=clock("10:20")),
    )
    never_well = incident(
        told(clock("10:00"), "investigating", components={"stripe": PARTIAL}),
        told(clock("10:30"), "identified", components={"stripe": FINE}),
        told(clock("10:40"), "identified", components={"stripe": PARTIAL}, changed_at=clock("10:20")),
    )

    assert spans(course(sooner, AFTER))[1:] == [("stripe", "10:20", "", "major_outage")]
    assert spans(course(never_well, AFTER)) == [("stripe", "10:00", "", "partial_outage")]


def test_an_earlier_phase_ends_when_its_components_were_well():
    record = incident(
        told(clock("10:00"), "investigating", components={"stripe": PARTIAL}),
        told(clock("10:30"), "monitoring", components={"stripe": FINE}, changed_at=clock("10:20")),
        told(clock("10:30"), "resolved"),
        told(clock("11:00"), "investigating", components={"stripe": PARTIAL}, changed_at=clock("10:25")),
    )

    assert spans(course(record, AFTER)) == [
        ("stripe", "10:00", "10:20", "partial_outage"),
        ("stripe", "10:30", "", "partial_outage"),
    ]


def test_after_a_reopening_the_gap_is_operational_and_what_was_held_comes_back():
    record = story(told(clock("12:00"), "investigating"), told(clock("12:20"), "resolved"))

    assert spans(course(record, AFTER))[3:] == [
        ("api", "12:00", "12:20", "degraded_performance"),
        ("stripe", "12:00", "12:20", "major_outage"),
    ]


def test_a_reopening_that_names_components_says_all_that_is_affected():
    record = story(told(clock("12:00"), "investigating", components={"api": PARTIAL}))

    assert spans(course(record, AFTER))[3:] == [("api", "12:00", "", "partial_outage")]
    assert course(record, AFTER).open


def test_the_end_belongs_to_the_last_phase():
    record = story(
        told(clock("12:00"), "investigating"),
        told(clock("13:00"), "resolved"),
        ended_at=clock("12:40"),
    )

    closed = course(record, AFTER)

    assert spans(closed)[2] == ("stripe", "10:40", "11:30", "major_outage")
    assert spans(closed)[4] == ("stripe", "12:00", "12:40", "major_outage")
    assert (closed.ended, closed.closed) == (clock("12:40"), clock("13:00"))


def test_a_second_resolving_update_moves_nothing():
    closed = course(story(told(clock("15:00"), "resolved")), AFTER)

    assert closed.closed == clock("11:30")
    assert closed.ended == clock("11:30")
    assert spans(closed) == spans(course(story(), AFTER))


def test_a_reopening_at_the_instant_of_the_resolution_leaves_no_seam():
    record = story(told(clock("11:30"), "investigating"))

    assert ("stripe", "10:40", "", "major_outage") in spans(course(record, AFTER))


def test_one_resolving_update_holds_its_components_from_start_to_end():
    record = incident(
        told(clock("15:00"), "resolved", components={"stripe": MAJOR}),
        started_at=clock("10:00"),
        ended_at=clock("10:45"),
        backfilled=True,
    )

    closed = course(record, AFTER)

    assert spans(closed) == [("stripe", "10:00", "10:45", "major_outage")]
    assert (closed.impact, closed.closed) == (Impact.CRITICAL, clock("15:00"))


def test_a_record_that_ends_before_it_starts_holds_nothing():
    record = incident(
        told(clock("10:00"), "resolved", components={"stripe": MAJOR}), started_at=clock("12:00"), backfilled=True
    )

    closed = course(record, AFTER)

    assert (spans(closed), closed.ended) == ([], clock("12:00"))
    assert closed.worst is MAJOR


def test_two_updates_at_one_instant_count_in_the_order_of_the_file():
    record = incident(
        told(clock("10:00"), "investigating", components={"stripe": MAJOR}),
        told(clock("10:00"), "identified", components={"stripe": PARTIAL}),
    )

    assert spans(course(record, AFTER)) == [("stripe", "10:00", "", "partial_outage")]


def test_a_withdrawn_update_counts_for_nothing():
    record = incident(
        told(clock("10:00"), "investigating", components={"stripe": PARTIAL}),
        told(clock("10:10"), "identified", components={"api": MAJOR}, withdrawn=withdrawn(clock("10:15"))),
        told(clock("10:30"), "resolved", withdrawn=withdrawn(clock("10:35"))),
    )

    still = course(record, AFTER)

    assert spans(still) == [("stripe", "10:00", "", "partial_outage")]
    assert (still.status, still.impact) == (UpdateStatus.INVESTIGATING, Impact.MAJOR)


def test_an_incident_whose_updates_are_all_withdrawn_is_over():
    record = incident(
        told(clock("10:00"), "investigating", components={"api": MAJOR}, withdrawn=withdrawn(clock("10:15"))),
        impact=Impact.CRITICAL,
    )

    gone = course(record, AFTER)

    assert (gone.open, gone.claims, gone.impact, gone.closed) == (False, (), Impact.NONE, clock("10:15"))
    assert gone.status is UpdateStatus.RESOLVED
    assert gone.settled


def test_a_withdrawn_incident_settles_with_its_last_withdrawal():
    record = incident(
        told(clock("10:00"), "investigating", withdrawn=withdrawn(clock("10:30"))),
        told(clock("10:10"), "identified", withdrawn=withdrawn(clock("10:20"))),
    )

    assert (course(record, AFTER).closed, course(record, AFTER).settled) == (clock("10:30"), True)
    early = course(record, clock("10:25"))
    assert (early.closed, early.settled) == (clock("10:25"), False)
    backdated = incident(told(clock("10:00"), "investigating", withdrawn=withdrawn(clock("09:00"))))
    assert course(backdated, AFTER).closed == clock("10:00")


def test_a_draft_keeps_a_withdrawn_incident_from_being_settled():
    record = incident(
        told(clock("10:00"), "investigating", withdrawn=withdrawn(clock("10:30"))),
        told(clock("12:00"), "investigating"),
    )

    assert not course(record, clock("11:00")).settled
    assert course(record, clock("12:00")).open


@pytest.mark.parametrize(
    ("worst", "impact"),
    [(FINE, Impact.NONE), (DEGRADED, Impact.MINOR), (PARTIAL, Impact.MAJOR), (MAJOR, Impact.CRITICAL)],
)
def test_the_impact_is_that_of_the_worst_component_ever_unless_stated(worst, impact):
    updates = (
        told(clock("10:00"), "investigating", components={"stripe": worst}),
        told(clock("10:05"), "monitoring", components={"stripe": FINE}),
    )

    assert course(incident(*updates), AFTER).impact is impact
    assert course(incident(*updates, impact=Impact.MINOR), AFTER).impact is Impact.MINOR
    assert course(incident(*updates), AFTER).worst is worst


def test_an_update_ahead_of_the_clock_counts_from_now():
    record = incident(told(clock("10:05"), "investigating", components={"stripe": PARTIAL}))

    ahead = course(record, clock("10:00"))

    assert spans(ahead) == [("stripe", "10:00", "", "partial_outage")]
    assert (ahead.started, ahead.settled) == (clock("10:00"), False)


def test_a_draft_counts_for_nothing_but_keeps_the_course_from_being_settled():
    record = story(told(clock("12:00"), "investigating"))

    closed = course(record, clock("11:50"))

    assert (closed.open, closed.settled) == (False, False)
    assert course(story(), clock("11:50")).settled
    assert not course(story(), clock("11:29")).settled


def test_a_postmortem_to_come_keeps_the_course_from_being_settled():
    record = story(postmortem=Postmortem(at=on(23), body="What we learned."))

    assert not course(record, AFTER).settled
    assert course(record, on(23)).settled


def test_a_record_of_drafts_alone_has_no_course():
    with pytest.raises(ValueError, match="nothing of payments is public"):
        course(story(), clock("10:12") - 6 * MINUTE)


def test_an_incident_without_components_affects_none():
    nameless = course(incident(told(clock("10:00"), "investigating"), impact=Impact.MAJOR), AFTER)

    assert (nameless.claims, nameless.worst, nameless.impact) == ((), ComponentStatus.OPERATIONAL, Impact.MAJOR)
