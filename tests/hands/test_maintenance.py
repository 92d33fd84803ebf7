"""Planned work by command: announced, moved, called off, begun and ended, once or in a series."""

from datetime import datetime, timedelta

import pytest

from stillup.records import store
from stillup.timeline.course import course
from tests.hands.calls import run

ID = "2026-11-16-webhooks-move"
ANNOUNCED = "2026-11-16T09:00:00Z"


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


def scheduled(page, *words):
    window = ("--start", "2026-11-22 03:00 Europe/Berlin", "--for", "90m")
    return run(page, "maintenance", "schedule", "Webhooks move", *window, "-c", "payments", *words, at=ANNOUNCED)


def record(page):
    return store.load(page).incidents[0]


def test_a_window_is_announced_in_words_with_its_times(page):
    scheduled(page)

    assert (page / "incidents" / "2026" / f"{ID}.yml").read_text() == (
        "title: Webhooks move\n"
        "kind: maintenance\n"
        'scheduled: {start: "2026-11-22 03:00 Europe/Berlin", end: "2026-11-22T03:30:00Z"}\n'
        "updates:\n"
        '  - at: "2026-11-16T09:00:00Z"\n'
        "    status: scheduled\n"
        "    components: {payments: under_maintenance}\n"
        "    body: |\n"
        "      We will work on Card payments from Sun 22 Nov 2026, 02:00 UTC to 03:30 UTC.\n"
    ).replace('"', "")
    run(page, "check", at=ANNOUNCED)


@pytest.mark.parametrize(
    ("start", "length", "said"),
    [
        ("2026-11-22T23:30:00Z", "30m", "from Sun 22 Nov 2026, 23:30 UTC to Mon 23 Nov 2026, 00:00 UTC."),
        ("2026-11-22T23:30:00Z", "29m", "from Sun 22 Nov 2026, 23:30 UTC to 23:59 UTC."),
        ("2026-11-22T02:00:00Z", "24h", "from Sun 22 Nov 2026, 02:00 UTC to Mon 23 Nov 2026, 02:00 UTC."),
    ],
)
def test_a_day_is_named_once(page, start, length, said):
    words = ("--start", start, "--for", length, "-c", "payments")
    run(page, "maintenance", "schedule", "Webhooks move", *words, at=ANNOUNCED)

    assert said in record(page).updates[0].body


@pytest.mark.parametrize("words", [("schedule", "Webhooks move", "-c", "payments"), ("move", ID)])
def test_a_window_that_is_over_is_not_announced(page, words):
    scheduled(page)
    before = sorted(page.rglob("*.yml"))
    over = ("--start", "2025-11-23T02:00:00Z", "--for", "1h")

    done = run(page, "maintenance", *words, *over, at=ANNOUNCED, status=2)

    assert (
        "Invalid value for --start: The window was over at 2025-11-23T03:00:00Z. Write one that is ahead" in done.output
    )
    assert sorted(page.rglob("*.yml")) == before


def test_a_window_that_has_begun_may_still_be_announced_and_a_series_may_have_begun(page):
    now = ("--start", "2026-11-16T08:30:00Z", "--for", "1h", "-c", "payments")
    series = ("--start", "2026-11-09T02:00:00Z", "--for", "1h", "--recurrence", "FREQ=WEEKLY;COUNT=4", "-c", "sms")

    run(page, "maintenance", "schedule", "Webhooks move", *now, at=ANNOUNCED)
    run(page, "maintenance", "schedule", "Messages move", *series, at=ANNOUNCED)


def test_short_notice_is_said_when_it_is_given_and_not_again(page):
    words = ("--start", "2026-11-16T20:00:00Z", "--for", "1h", "-c", "payments")

    announced = run(page, "maintenance", "schedule", "Webhooks move", *words, at=ANNOUNCED)
    begun = run(page, "maintenance", "start", at="2026-11-16T20:00:00Z")
    done = run(page, "maintenance", "complete", ID, "-m", "Done.", at="2026-11-16T20:30:00Z")

    said = "scheduled.start: This is announced 11 h before it begins."
    assert [said in each.stderr for each in (announced, begun, done)] == [True, False, False]
    assert f"incidents/2026/{ID}.yml:3:20: warning: {said}" in run(page, "lint", at="2026-11-16T20:30:00Z").stderr


def test_work_is_moved_begun_and_ended(page):
    scheduled(page)

    run(page, "maintenance", "move", ID, "--start", "2026-11-23T02:00:00Z", at="2026-11-20T09:00:00Z")
    run(page, "maintenance", "start", at="2026-11-23T01:50:00Z")
    run(page, "incident", "update", ID, "--status", "verifying", at="2026-11-23T02:40:00Z")
    run(page, "maintenance", "complete", ID, "-m", "Done.", at="2026-11-23T03:00:00Z")

    window = course(record(page), at("2026-11-24T00:00:00Z")).occurrences[0]
    assert (window.start, window.end) == (at("2026-11-23T02:00:00Z"), at("2026-11-23T03:30:00Z"))
    assert (window.began, window.ended) == (at("2026-11-23T01:50:00Z"), at("2026-11-23T03:00:00Z"))
    assert [update.status for update in record(page).updates] == [
        "scheduled", "scheduled", "in_progress", "verifying", "completed",
    ]  # fmt: skip
    run(page, "check", at="2026-11-24T00:00:00Z")


@pytest.mark.parametrize(
    ("words", "told"),
    [((), "2026-11-22T03:00:00Z"), ((), "2026-11-22T03:40:00Z"), (("--manual",), "2026-11-22T03:00:00Z")],
)
def test_work_that_takes_longer_stays_in_progress(page, words, told):
    """Said before the clock ends it, after that, and where no clock does."""
    scheduled(page, *words)
    if words:
        run(page, "maintenance", "start", at="2026-11-22T02:00:00Z")

    run(page, "maintenance", "move", ID, "--end", "2026-11-22T05:00:00Z", at=told)

    update = record(page).updates[-1]
    window = course(record(page), at("2026-11-22T04:00:00Z")).occurrences[0]
    assert update.status == "in_progress"
    assert update.body == "The work on Card payments takes longer: it is now planned until Sun 22 Nov 2026, 05:00 UTC."
    assert update.next_update_at == at("2026-11-22T05:00:00Z")
    assert (window.start, window.end, window.status) == (
        at("2026-11-22T02:00:00Z"), at("2026-11-22T05:00:00Z"), "in_progress",
    )  # fmt: skip
    run(page, "check", at="2026-11-22T04:00:00Z")


def test_work_that_has_not_begun_gets_another_length(page):
    scheduled(page)

    run(page, "maintenance", "move", ID, "--for", "3h", at="2026-11-20T09:00:00Z")

    update = record(page).updates[-1]
    assert (update.status, update.scheduled.start, update.scheduled.end) == (
        "scheduled", at("2026-11-22T02:00:00Z"), at("2026-11-22T05:00:00Z"),
    )  # fmt: skip


def test_work_is_called_off(page):
    scheduled(page)

    run(page, "maintenance", "cancel", at="2026-11-20T09:00:00Z")

    assert course(record(page), at("2026-11-24T00:00:00Z")).occurrences[0].status == "cancelled"


def test_of_a_series_one_window_moves_and_one_does_not_take_place(page):
    words = ("--recurrence", "FREQ=WEEKLY;BYDAY=SU;COUNT=4", "--timezone", "Europe/Berlin", "--reminder", "48h")
    scheduled(page, *words, "--except", "2026-12-06 03:00 Europe/Berlin")

    missing = run(page, "maintenance", "move", ID, "--start", "2026-11-24T02:00:00Z", at=ANNOUNCED, status=1)
    run(
        page, "maintenance", "move", ID, "--occurrence", "2026-11-29T02:00:00Z", "--start", "2026-11-30T02:00:00Z",
        at="2026-11-20T09:00:00Z",
    )  # fmt: skip
    run(page, "maintenance", "cancel", ID, "--occurrence", "2026-12-13T02:00:00Z", at="2026-11-21T09:00:00Z")

    assert "which occurrence" in missing.stderr
    found = course(record(page), at("2026-11-21T10:00:00Z")).occurrences
    assert [(window.start.isoformat()[:10], window.status) for window in found] == [
        ("2026-11-22", "scheduled"),
        ("2026-11-30", "scheduled"),
        ("2026-12-13", "cancelled"),
    ]
    assert record(page).scheduled.reminders == (timedelta(hours=48),)


def test_work_that_only_words_begin(page):
    scheduled(page, "--manual")

    assert record(page).scheduled.auto is False


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--start", "2026-11-22 03:00", "--for", "1h"), "zone"),
        (("--start", "2026-11-22T03:00:00Z", "--for", "soon"), "duration"),
        (("--start", "2026-11-22T03:00:00Z", "--for", "1h", "--end", "2026-11-22T05:00:00Z"), "Leave one out"),
    ],
)
def test_a_window_that_cannot_be_is_a_wrong_call(page, words, said):
    done = run(page, "maintenance", "schedule", "x", *words, "-c", "sms", status=2)

    assert said in done.stderr


def test_a_window_that_ends_before_it_begins_is_not_written(page):
    words = ("--start", "2026-11-22T03:00:00Z", "--end", "2026-11-22T02:00:00Z")
    done = run(page, "maintenance", "schedule", "x", *words, "-c", "sms", at=ANNOUNCED, status=1)

    assert "ends before it begins" in done.stderr


@pytest.mark.parametrize("verb", ["start", "complete", "cancel"])
def test_work_that_was_called_off_neither_begins_nor_ends(page, verb):
    scheduled(page)
    run(page, "maintenance", "cancel", ID, at="2026-11-20T09:00:00Z")

    refused = run(page, "maintenance", verb, ID, at="2026-11-20T10:00:00Z", status=1)

    assert "status: This was cancelled before." in refused.stderr
    assert len(record(page).updates) == 2
    run(page, "maintenance", "move", ID, "--start", "2026-11-23T02:00:00Z", at="2026-11-20T11:00:00Z")
    run(page, "maintenance", verb, ID, at="2026-11-23T02:30:00Z")


def test_the_windows_of_a_series_end_one_after_the_other(page):
    scheduled(page, "--recurrence", "FREQ=WEEKLY;COUNT=3")

    for day in (22, 29):
        run(page, "maintenance", "complete", ID, "-m", "Done.", at=f"2026-11-{day}T02:30:00Z")


def test_an_incident_is_no_maintenance(page):
    scheduled(page)

    done = run(page, "incident", "resolve", ID, status=2)

    assert "stillup maintenance" in done.stderr
