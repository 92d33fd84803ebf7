"""What customers read of planned work: windows in words, and what the clock did."""

import pytest

from stillup.records.incident import Move
from stillup.views.plan import maintenance_page
from stillup.views.story import entries
from tests.views.sample import MAINTAINED, PARTIAL, at, edition, front, listed, seen, told, words_of, work

ANNOUNCED = told(
    at("09:00", 17),
    "scheduled",
    "Webhooks may be late.",
    components={"stripe": MAINTAINED},
    impact_text="Late webhooks.",
)


def night(*more, **fields):
    return work(ANNOUNCED, *more, start=at("02:00", 22), end=at("03:30", 22), **fields)


def test_planned_work_says_when_and_what_it_affects():
    view = seen(night())

    assert (view.state.key, view.state.word, view.kick) == ("maint", "Planned", "Planned maintenance")
    assert words_of(view) == {
        "Window": "Sun 22 Nov 2026, 02:00 to 03:30 UTC",
        "Affected": "Under maintenance: Stripe",
        "Impact": "Late webhooks.",
    }
    assert [group.names for group in view.updates[0].affected] == [("Stripe",)]
    assert view.updates[0].changed == ()
    assert listed(night()).days == ()


def test_what_the_clock_did_is_in_the_feed_once_it_is_past():
    before, during, after = (
        entries(page, seen(night(), page))
        for page in (edition(at("01:59", 22)), edition(at("02:00", 22)), edition(at("12:00", 23)))
    )

    assert [entry.key for entry in before] == ["new-disks/20261117t090000z"]
    assert [entry.key for entry in during] == ["new-disks/20261122t020000z/in_progress", "new-disks/20261117t090000z"]
    assert [(entry.key, entry.published, entry.title) for entry in after][:2] == [
        ("new-disks/20261122t020000z/completed", at("03:30", 22), "[Completed] Ledger database moves"),
        ("new-disks/20261122t020000z/in_progress", at("02:00", 22), "[In progress] Ledger database moves"),
    ]
    assert "It ends at Sun 22 Nov 2026, 03:30 UTC." in after[1].text


def test_what_an_update_tells_the_clock_does_not_tell_again():
    record = night(told(at("01:50", 22), "in_progress"), told(at("03:10", 22), "completed", "Done early."))
    page = edition(at("12:00", 23))

    assert [entry.status for entry in entries(page, seen(record, page))] == ["completed", "in_progress", "scheduled"]
    assert words_of(seen(record, page))["Window"] == (
        "Sun 22 Nov 2026, 02:00 to 03:30 UTC (took place 22 Nov, 01:50 to 03:10 UTC)"
    )


def test_a_move_names_the_old_time():
    record = night(told(at("12:00", 19), "scheduled", scheduled=Move(start=at("02:00", 29), end=at("03:00", 29))))

    assert words_of(seen(record))["Window"] == (
        "Sun 29 Nov 2026, 02:00 to 03:00 UTC (moved from Sun 22 Nov 2026, 02:00 UTC)"
    )
    assert seen(record).windows[0].key == "20261122t020000z"


def test_cancelled_work_stays_in_the_history_of_its_day():
    record = night(told(at("12:00", 19), "cancelled", "The disks are late."))
    view = seen(record)

    assert (view.state.key, view.state.word, view.open) == ("none", "Cancelled", False)
    assert words_of(view)["Window"] == "Sun 22 Nov 2026, 02:00 to 03:30 UTC (cancelled)"
    assert [day.isoformat() for day in listed(record).days] == ["2026-11-22"]


def test_work_that_takes_longer_than_planned_says_so():
    record = night(told(at("02:00", 22), "in_progress"), auto=False)

    assert seen(record, edition(at("03:29", 22))).kick == "Maintenance in progress"
    assert seen(record, edition(at("03:45", 22))).kick == "Maintenance in progress · takes longer than planned"
    assert seen(record, edition(at("03:29", 22))).note == "until 03:30 UTC, Stripe"
    assert seen(record, edition(at("03:45", 22))).note == "since 02:00 UTC, Stripe"


def test_over_midnight_both_days_are_named():
    record = work(ANNOUNCED, start=at("23:00", 22), end=at("01:00", 23))

    assert words_of(seen(record))["Window"] == "Sun 22 Nov 2026, 23:00 UTC to Mon 23 Nov 2026, 01:00 UTC"
    planned = front(record).planned[0]
    assert planned.windows == ("Sun 22 Nov, 23:00 UTC to", "Mon 23 Nov, 01:00 UTC")
    assert planned.window == "Sun 22 Nov, 23:00 UTC to Mon 23 Nov, 01:00 UTC"


def test_over_a_change_of_the_clocks_both_zones_are_named():
    record = work(ANNOUNCED, start=at("00:30", 25, 10), end=at("02:30", 25, 10))
    page = edition(at("12:00", 20), timezone="Europe/Berlin")

    assert seen(record, page).windows[0].text == "Sun 25 Oct 2026, 02:30 CEST to Sun 25 Oct 2026, 03:30 CET"


@pytest.mark.parametrize(
    ("rule", "more"),
    [
        ("FREQ=WEEKLY;BYDAY=SU;COUNT=8", "and 7 more Sundays"),
        ("FREQ=WEEKLY;BYDAY=SU;COUNT=2", "and 1 more, on Sun 29 Nov"),
        ("FREQ=DAILY;COUNT=4", "and 3 more, the next on Mon 23 Nov"),
        ("FREQ=WEEKLY;BYDAY=SU", "and further Sundays"),
        ("FREQ=DAILY", "and further ones, the next on Mon 23 Nov"),
    ],
)
def test_a_series_counts_what_is_still_to_come(rule, more):
    record = night(recurrence=rule)

    assert words_of(seen(record))["Window"] == f"Sun 22 Nov 2026, 02:00 to 03:30 UTC {more}"
    assert front(record).planned[0].windows == ("Sun 22 Nov", "02:00 to 03:30 UTC", more)
    assert front(record).planned[0].window == f"Sun 22 Nov, 02:00 to 03:30 UTC, {more}"


def test_the_next_window_of_a_series_comes_before_those_that_are_past():
    off = told(at("12:00", 18), "cancelled", "Not this time.", occurrence=at("02:00", 13, 12))
    record = night(off, recurrence="FREQ=WEEKLY;BYDAY=SU;COUNT=8")
    fact = seen(record, edition(at("03:00", 6, 12))).facts[0]

    assert fact.text == (
        "Sun 6 Dec 2026, 02:00 to 03:30 UTC and 4 more Sundays Sun 13 Dec 2026, 02:00 to 03:30 UTC (cancelled)"
    )
    assert fact.html.split("<details")[1] == (
        ' class="edit"><summary>2 earlier windows</summary><p>Sun 29 Nov 2026, 02:00 to 03:30 UTC<br>\n'
        "Sun 22 Nov 2026, 02:00 to 03:30 UTC</p></details>"
    )


def test_what_is_said_of_the_next_window_of_a_series_is_not_said_of_the_others():
    move = Move(start=at("02:00", 23), end=at("03:00", 23), occurrence=at("02:00", 22))
    later = told(at("12:00", 18), "scheduled", "A day later.", scheduled=move)
    record = night(later, recurrence="FREQ=WEEKLY;BYDAY=SU;COUNT=3")

    assert words_of(seen(record))["Window"] == (
        "Mon 23 Nov 2026, 02:00 to 03:00 UTC (moved from Sun 22 Nov 2026, 02:00 UTC) and 2 more, the next on Sun 29 Nov"
    )


def test_a_long_series_tells_its_last_windows_one_by_one():
    record = night(recurrence="FREQ=DAILY;COUNT=20")
    over, running = (seen(record, edition(at(hour, 11, 12))).facts[0].html for hour in ("12:00", "03:00"))

    assert over.split("<br>\n")[::12] == ["8 earlier windows", "Fri 11 Dec 2026, 02:00 to 03:30 UTC"]
    assert running.split("<br>\n")[0].endswith(
        '<details class="edit"><summary>19 earlier windows</summary><p>Thu 10 Dec 2026, 02:00 to 03:30 UTC'
    )
    assert running.endswith("Sun 29 Nov 2026, 02:00 to 03:30 UTC<br>\n7 earlier windows</p></details>")


def test_a_series_that_is_called_off_does_not_list_what_never_came():
    record = night(told(at("12:00", 23), "cancelled", "No more."), recurrence="FREQ=WEEKLY")

    assert words_of(seen(record, edition(at("12:00", 24))))["Window"] == (
        "Sun 22 Nov 2026, 02:00 to 03:30 UTC Sun 29 Nov 2026, 02:00 to 03:30 UTC and further Sundays (cancelled)"
    )


def test_each_window_of_a_series_stands_under_its_own_day():
    record = night(recurrence="FREQ=WEEKLY;BYDAY=SU;COUNT=3")
    page = edition(at("10:00", 30))
    days = [
        (day.time.text, [(event.state.word, event.note) for event in day.events])
        for day in front(record, page=page).days
        if day.events
    ]

    assert days == [
        ("Sun 29 Nov", [("Completed", "1 h 30 min, Stripe")]),
        ("Sun 22 Nov", [("Completed", "1 h 30 min, Stripe")]),
    ]


def test_a_series_that_goes_on_still_says_what_it_affects():
    record = night(told(at("03:00", 22), "completed", "The first check is done."), recurrence="FREQ=WEEKLY;COUNT=3")

    assert words_of(seen(record, edition(at("10:00", 23))))["Affected"] == "Under maintenance: Stripe"


def test_what_is_said_of_one_window_of_a_series_is_not_said_of_the_others():
    off = told(at("12:00", 18), "cancelled", "Not this time.", occurrence=at("02:00", 29))
    moved = told(
        at("12:00", 19),
        "scheduled",
        "A day later.",
        scheduled=Move(start=at("02:00", 7, 12), end=at("03:30", 7, 12), occurrence=at("02:00", 6, 12)),
    )
    record = night(off, moved, recurrence="FREQ=WEEKLY;COUNT=4")
    view = seen(record)

    assert front(record).planned[0].note == "Late webhooks."
    assert "Webhooks may be late." in view.description
    assert [(update.body.text, update.facts[0].text) for update in view.updates[:2]] == [
        ("A day later.", "Mon 7 Dec 2026, 02:00 to 03:30 UTC (moved from Sun 6 Dec 2026, 02:00 UTC)"),
        ("Not this time.", "Sun 29 Nov 2026, 02:00 to 03:30 UTC (cancelled)"),
    ]
    assert [view.newest(window.key).body.text for window in view.windows] == [
        "Webhooks may be late.",
        "Not this time.",
        "A day later.",
        "Webhooks may be late.",
    ]


def test_the_maintenance_page_has_what_runs_what_comes_and_what_is_over():
    page = edition(at("02:10", 22))
    running, later = night(), work(ANNOUNCED, start=at("02:00", 29), end=at("03:00", 29), id="later")
    over = work(told(at("09:00", 1), "scheduled"), start=at("02:00", 8), end=at("03:00", 8), id="over")
    shown = maintenance_page(page, [seen(running, page), seen(later, page)], [listed(over, page)])

    assert [(event.state.word, event.windows) for event in shown.running] == [
        ("Under maintenance", ("Sun 22 Nov", "02:00 to 03:30 UTC"))
    ]
    assert [(event.state.word, event.windows) for event in shown.coming] == [
        ("Planned", ("Sun 29 Nov", "02:00 to 03:00 UTC"))
    ]
    assert [(event.state.word, event.windows, event.note) for event in shown.past] == [
        ("Completed", ("Sun 8 Nov", "02:00 to 03:00 UTC"), "1 h")
    ]
    assert shown.running[0].note == "Affects Stripe. Announced 17 Nov."
    assert shown.running[0].body is not None
    assert shown.running[0].body.text == "Webhooks may be late."


def test_windows_of_a_series_that_goes_on_are_past_once_they_are_over():
    off = told(at("12:00", 18), "cancelled", "Not this time.", occurrence=at("02:00", 6, 12))
    early = told(at("02:40", 29), "completed", "Done.", occurrence=at("02:00", 29))
    record = night(off, early, recurrence="FREQ=WEEKLY;BYDAY=SU;COUNT=8")
    once = work(told(at("09:00", 1), "scheduled"), start=at("02:00", 24), end=at("03:00", 24), id="once")

    def past(day, month):
        page = edition(at("12:00", day, month))
        shown = maintenance_page(page, [seen(record, page)], [listed(once, page)])
        return [(event.place, event.state.word, event.windows, event.note) for event in shown.past]

    single = ("incidents/once/", "Completed", ("Tue 24 Nov", "02:00 to 03:00 UTC"), "1 h")
    place = seen(record).place
    assert past(21, 11) == []
    assert past(25, 11) == [single, (place, "Completed", ("Sun 22 Nov", "02:00 to 03:30 UTC"), "")]
    newest = (place, "Completed", ("Sun 29 Nov", "02:00 to 02:40 UTC"), "1 earlier window")
    assert past(30, 11) == [newest, single]
    assert past(7, 12) == [newest, single], "a window that is called off did not take place"


def test_an_outage_within_the_work_is_drawn():
    record = night(told(at("02:20", 22), "in_progress", components={"stripe": PARTIAL}))
    page = edition(at("12:00", 23))
    view = seen(record, page)

    assert view.lanes[0].alt == "Stripe: maintenance 02:00 to 02:20, partial outage to 03:30"
    assert words_of(view)["Affects"] == "Partial outage: Stripe"
    assert seen(night(), page).lanes == ()
    assert words_of(seen(night(), page))["Affects"] == "Stripe"
