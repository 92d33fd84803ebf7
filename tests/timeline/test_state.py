"""In which state a component was, and why."""

from datetime import timedelta

from stillup.timeline.course import course
from stillup.timeline.state import Now, by_component, now, segments
from tests.timeline.records import (
    DEGRADED,
    FINE,
    MAINTAINED,
    MAJOR,
    PARTIAL,
    clock,
    component,
    incident,
    maintenance,
    on,
    told,
)

AT = clock("23:00")


def outage(id: str, start: str, end: str | None, status=PARTIAL, name="stripe"):
    updates = [told(clock(start), "investigating", components={name: status})]
    if end:
        updates.append(told(clock(end), "resolved"))
    return course(incident(*updates, id=id), AT)


def window(id: str, start: str, end: str, status=MAINTAINED):
    announced = told(on(10), "scheduled", components={"stripe": status})
    return course(maintenance(announced, start=clock(start), end=clock(end), id=id), AT)


def history(part, courses):
    return [
        (f"{s.start:%H:%M}", f"{s.end:%H:%M}", s.status.value, *s.causes, *(["monitor"] if s.monitor else []))
        for s in segments(part, courses, clock("00:00"), AT)
    ]


def test_resolving_one_incident_does_not_free_what_another_holds():
    courses = [outage("a", "10:00", "11:00", MAJOR), outage("b", "10:30", "12:00", DEGRADED)]

    assert history(component(), courses) == [
        ("10:00", "10:30", "major_outage", "a"),
        ("10:30", "11:00", "major_outage", "a", "b"),
        ("11:00", "12:00", "degraded_performance", "b"),
    ]


def test_an_outage_told_twice_is_one_stretch_with_two_causes():
    courses = [outage("b", "10:00", "11:00"), outage("a", "10:00", "11:00")]

    assert history(component(), courses) == [("10:00", "11:00", "partial_outage", "a", "b")]


def test_other_components_are_none_of_its_business():
    assert history(component(), [outage("a", "10:00", "11:00", name="api")]) == []


def test_an_incident_beats_a_running_maintenance():
    courses = [window("upgrade", "09:00", "12:00"), outage("a", "10:00", "11:00", DEGRADED)]

    assert history(component(), courses) == [
        ("09:00", "10:00", "under_maintenance", "upgrade"),
        ("10:00", "11:00", "degraded_performance", "a", "upgrade"),
        ("11:00", "12:00", "under_maintenance", "upgrade"),
    ]


def test_what_an_incident_says_stands_even_where_the_maintenance_announced_worse():
    courses = [window("upgrade", "09:00", "12:00", MAJOR), outage("a", "10:00", "11:00", DEGRADED)]

    assert history(component(), courses)[1] == ("10:00", "11:00", "degraded_performance", "a", "upgrade")


def test_a_monitors_outage_inside_a_window_is_maintenance():
    part = component("stripe", (clock("08:00"), MAJOR), (clock("10:00"), FINE))

    assert history(part, [window("upgrade", "09:00", "12:00")]) == [
        ("08:00", "09:00", "major_outage", "monitor"),
        ("09:00", "12:00", "under_maintenance", "upgrade"),
    ]


def test_an_incident_beats_a_monitor():
    part = component("stripe", (clock("09:00"), MAJOR))

    assert history(part, [outage("a", "10:00", "11:00", DEGRADED)]) == [
        ("09:00", "10:00", "major_outage", "monitor"),
        ("10:00", "11:00", "degraded_performance", "a"),
        ("11:00", "23:00", "major_outage", "monitor"),
    ]


def test_a_segment_is_cut_at_both_ends_of_the_question():
    found = segments(component(), [outage("a", "10:00", None)], clock("10:30"), clock("10:45"))

    assert [(s.start, s.end) for s in found] == [(clock("10:30"), clock("10:45"))]
    assert segments(component(), [outage("a", "10:00", "11:00")], clock("11:00"), clock("12:00")) == ()


def test_claims_that_meet_without_overlap_are_one_stretch_only_for_one_cause():
    courses = [outage("a", "10:00", "11:00"), outage("b", "11:00", "12:00")]

    assert history(component(), courses) == [
        ("10:00", "11:00", "partial_outage", "a"),
        ("11:00", "12:00", "partial_outage", "b"),
    ]


def test_an_incident_that_gets_worse_or_comes_back_is_told_in_parts():
    record = incident(
        told(clock("10:00"), "investigating", components={"stripe": DEGRADED}),
        told(clock("10:30"), "identified", components={"stripe": PARTIAL}),
        told(clock("11:00"), "resolved"),
        told(clock("12:00"), "investigating"),
        told(clock("12:30"), "resolved"),
        id="a",
    )

    assert history(component(), [course(record, AT)]) == [
        ("10:00", "10:30", "degraded_performance", "a"),
        ("10:30", "11:00", "partial_outage", "a"),
        ("12:00", "12:30", "partial_outage", "a"),
    ]


def test_what_begins_at_the_end_of_the_question_is_not_in_it():
    part = component("stripe", (clock("10:00"), MAJOR))

    assert segments(part, [outage("a", "10:00", "11:00")], clock("09:00"), clock("10:00")) == ()


def test_of_two_monitor_states_at_one_instant_the_later_counts():
    part = component("stripe", (clock("10:00"), MAJOR), (clock("10:00"), DEGRADED))

    assert history(part, []) == [("10:00", "23:00", "degraded_performance", "monitor")]


def test_a_break_begins_anew():
    courses = [outage("a", "10:00", "11:00"), outage("b", "12:00", None)]

    assert now(component(), courses, AT).since == clock("12:00")


def test_now_is_exact_to_the_second():
    just = clock("10:00") - timedelta(seconds=1)
    part = component("api", (clock("10:00"), MAJOR))

    assert now(component(), [outage("a", "10:00", None)], just) == Now(status=FINE)
    assert now(part, [], just) == Now(status=FINE)
    watched = component("stripe", (clock("09:00"), DEGRADED))
    assert now(watched, [outage("a", "10:00", None)], just) == Now(status=DEGRADED, since=clock("09:00"))


def test_now_says_since_when_and_why():
    courses = [outage("a", "10:00", "11:00"), outage("b", "10:45", None), outage("c", "10:50", None, DEGRADED)]

    assert now(component(), courses, clock("12:00")) == Now(status=PARTIAL, since=clock("10:00"), cause="b")


def test_now_is_half_open():
    courses = [outage("a", "10:00", "11:00")]

    assert now(component(), courses, clock("09:59")) == Now(status=FINE)
    assert now(component(), courses, clock("10:00")) == Now(status=PARTIAL, since=clock("10:00"), cause="a")
    assert now(component(), courses, clock("11:00")) == Now(status=FINE)


def test_a_change_for_the_worse_begins_anew():
    record = incident(
        told(clock("10:00"), "investigating", components={"stripe": DEGRADED}),
        told(clock("10:30"), "identified", components={"stripe": MAJOR}),
    )

    assert now(component(), [course(record, AT)], AT).since == clock("10:30")


def test_a_monitor_has_no_cause():
    part = component("stripe", (clock("09:00"), DEGRADED))

    assert now(part, [], AT) == Now(status=DEGRADED, since=clock("09:00"))


def test_a_status_since_an_unknown_time_is_shown_but_not_drawn():
    part = component("stripe", status=PARTIAL)

    assert now(part, [], AT) == Now(status=PARTIAL, since=None)
    assert history(part, []) == []


def test_of_status_and_newest_monitor_state_the_worse_holds():
    watched = (clock("09:00"), DEGRADED)

    assert now(component("stripe", watched, status=MAJOR), [], AT) == Now(status=MAJOR)
    assert now(component("stripe", watched, status=DEGRADED), [], AT).since == clock("09:00")
    assert now(component("stripe", watched, status=FINE), [], AT) == Now(status=DEGRADED, since=clock("09:00"))
    assert now(component("stripe", watched, (clock("10:00"), FINE), status=PARTIAL), [], AT) == Now(status=PARTIAL)


def test_incident_and_maintenance_beat_a_status_since_an_unknown_time():
    part = component("stripe", status=MAJOR)

    assert now(part, [outage("a", "10:00", None, DEGRADED)], AT).cause == "a"
    assert now(part, [window("upgrade", "22:00", "23:30")], AT).status is MAINTAINED


def test_courses_are_found_by_component():
    one, other = outage("a", "10:00", None), outage("b", "10:00", None, name="api")

    assert by_component([one, other]) == {"stripe": [one], "api": [other]}
