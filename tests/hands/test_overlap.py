"""Two windows on one component at one time are a warning of `check`."""

import pytest

from tests.hands.test_incident import run

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
