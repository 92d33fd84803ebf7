"""Two windows on one component at one time are a warning of `check`."""

import pytest

from tests.hands.calls import run

WORK = """\
title: {title}
kind: maintenance
scheduled: {{start: {start}, end: {end}{more}}}
updates:
  - at: 2026-11-16T09:00:00Z
    status: scheduled
    components: {{{component}: under_maintenance}}
    body: Work.
"""


def plan(page, name, start, end, component="payments", more=""):
    (page / "incidents").mkdir(exist_ok=True)
    text = WORK.format(title=name, start=start, end=end, component=component, more=more)
    (page / "incidents" / f"{name}.yml").write_text(text)


def warned(page):
    return run(page, "check", at="2026-11-17T00:00:00Z").stderr


def test_two_windows_at_one_time_are_told_with_both_names(page):
    plan(page, "first", "2026-11-22T02:00:00Z", "2026-11-22T04:00:00Z")
    plan(page, "second", "2026-11-22T03:59:59Z", "2026-11-22T05:00:00Z")

    assert warned(page) == (
        "incidents/second.yml:3:1: warning: scheduled: The window from 2026-11-22T03:59:59Z to 2026-11-22T05:00:00Z "
        "overlaps one of first, and both hold payments. Move one of the two, or make them one record.\n"
    )


@pytest.mark.parametrize(
    ("start", "component"), [("2026-11-22T04:00:00Z", "payments"), ("2026-11-22T03:00:00Z", "sms")]
)
def test_windows_that_only_touch_or_hold_other_parts_are_fine(page, start, component):
    plan(page, "first", "2026-11-22T02:00:00Z", "2026-11-22T04:00:00Z")
    plan(page, "second", start, "2026-11-22T05:00:00Z", component)

    assert warned(page) == ""


def test_one_window_of_a_series_is_enough(page):
    series = ", recurrence: FREQ=WEEKLY;BYDAY=SU;COUNT=4"
    plan(page, "weekly", "2026-11-22T02:00:00Z", "2026-11-22T03:00:00Z", more=series)
    plan(page, "once", "2026-12-06T02:30:00Z", "2026-12-06T05:00:00Z")

    assert "overlaps one of weekly" in warned(page)


def test_work_that_is_called_off_is_in_nobodys_way(page):
    plan(page, "first", "2026-11-22T02:00:00Z", "2026-11-22T04:00:00Z")
    plan(page, "second", "2026-11-22T03:00:00Z", "2026-11-22T05:00:00Z")
    with (page / "incidents" / "first.yml").open("a") as file:
        file.write("  - at: 2026-11-16T10:00:00Z\n    status: cancelled\n    body: Not now.\n")

    assert warned(page) == ""


def test_who_opens_what_is_told_already_is_shown_where(page):
    first = ("incident", "open", "Card payments failing", "-c", "payments=partial", "-s", "P1")
    assert "warning" not in run(page, *first, at="2026-11-20T10:12:00Z").stderr

    again = ("incident", "open", "Payments are down", "-c", "payments=major", "-s", "P0")
    said = run(page, *again, at="2026-11-20T10:14:00Z").stderr

    assert (
        "incidents/2026/2026-11-20-payments-are-down.yml:1:1: warning: title: 2026-11-20-card-payments-failing is open "
        "since 2026-11-20T10:12:00Z, and names payments too. If this is the same, tell it there: stillup incident "
        "update 2026-11-20-card-payments-failing."
    ) in said


@pytest.mark.parametrize("other", ["title", "component", "over", "unsound"])
def test_what_is_something_else_or_over_or_cannot_be_read_is_not_named(page, other):
    run(page, "incident", "open", "Cards", "-c", "payments=partial", "-s", "P1", at="2026-11-20T10:12:00Z")
    file = page / "incidents" / "2026" / "2026-11-20-cards.yml"
    if other == "over":
        done = ("--ended", "2026-11-20T10:13:00Z", "-t", "data_loss=none", "-t", "monitoring=For an hour.")
        run(page, "incident", "resolve", "2026-11-20-cards", *done, at="2026-11-20T10:14:00Z")
    if other == "unsound":
        file.write_text(file.read_text().replace("severity: P1", "severity: P7"))
    component = "sms" if other == "component" else "payments"
    title = "cards" if other == "title" else "Something"

    said = run(page, "incident", "open", title, "-c", f"{component}=partial", "-s", "P1", at="2026-11-20T10:15:00Z")

    assert ("is open since" in said.stderr) == (other == "title")
