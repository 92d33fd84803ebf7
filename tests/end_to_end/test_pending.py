"""What is written by hand with a time that has not come: whoever checks or publishes hears that nobody reads it."""

from datetime import UTC, datetime, timedelta

import pytest

from stillup.pipeline.building.build import check
from stillup.pipeline.publishing.release import publish

NOW = datetime(2026, 11, 20, 11, 30, tzinfo=UTC)
RECORD = """title: Payments fail
updates:
  - at: {at}
    status: investigating
    components: {{payments: partial_outage}}
    body: Payments fail.
"""


@pytest.fixture
def page(tmp_path):
    (tmp_path / "components").mkdir()
    (tmp_path / "incidents").mkdir()
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "about.md").write_text("# About\n")
    (tmp_path / "components" / "payments.yml").write_text("name: Payments\n")
    (tmp_path / "mkdocs.yml").write_text(
        "site_name: Status\nsite_url: https://status.example.com/\ntheme: {name: material, font: false}\n"
        "plugins:\n  - stillup: {timezone: Europe/Berlin}\n"
    )
    return tmp_path


def said(page, at, **more):
    (page / "incidents" / "pay.yml").write_text(RECORD.format(at=at))
    return [str(problem) for problem in check(page, at=NOW, live=True, **more).warnings]


def test_local_time_with_the_sign_of_utc_is_no_silent_draft(page):
    """The page said that all is well for an hour, and `check` said that there are no errors."""
    wanted = [
        "incidents/pay.yml:3:9: warning: updates[0].at: This update is a draft until 2026-11-20T12:12:00Z: before that"
        " no page shows it and nobody is told. If 12:12 is the time in Europe/Berlin, write 2026-11-20T12:12:00+01:00;"
        " to tell it now, write the time of now."
    ]

    assert said(page, "2026-11-20T12:12:00Z") == wanted
    assert [str(problem) for problem in publish(page, at=NOW, live=True).built.warnings] == wanted


@pytest.mark.parametrize("at", ["2062-11-20T11:12:00Z", "2026-11-20T15:00:00Z", "2026-11-20T13:12:00+01:00"])
def test_what_nobody_mistook_for_local_time_says_only_that_it_waits(page, at):
    (line,) = said(page, at)

    assert line.endswith("nobody is told. To tell it now, write the time of now.")


def test_what_is_public_needs_no_word(page):
    assert said(page, "2026-11-20T11:34:00Z") == []
    assert said(page, "2026-11-20T11:12:00Z") == []


def test_an_update_in_a_file_of_its_own_is_named_by_that_file(page):
    said(page, "2026-11-20T11:12:00Z")
    (page / "incidents" / "pay" / "updates").mkdir(parents=True)
    file = page / "incidents" / "pay" / "updates" / "20261120t140000z-1a2b.yml"
    file.write_text("at: 2026-11-20T14:00:00Z\nstatus: identified\nbody: We know.\n")

    (warning,) = check(page, at=NOW, live=True).warnings
    assert (warning.file, warning.line, warning.code) == (file.relative_to(page).as_posix(), 1, "draft")
    assert check(page, at=NOW + timedelta(hours=4), live=True).warnings == ()


def test_what_a_maintenance_will_begin_and_end_with_is_meant_to_wait(page):
    words = "  - {{at: {}, status: {}, body: x}}\n"
    (page / "incidents" / "move.yml").write_text(
        "title: Payments move\nkind: maintenance\n"
        "scheduled: {start: 2026-11-21T02:00:00Z, end: 2026-11-21T03:00:00Z}\nupdates:\n"
        "  - {at: 2026-11-20T09:00:00Z, status: scheduled, components: {payments: under_maintenance}, body: x}\n"
        + words.format("2026-11-21T02:00:00Z", "in_progress")
        + words.format("2026-11-21T03:00:00Z", "completed")
    )

    assert check(page, at=NOW, live=True).warnings == ()


def test_a_page_of_another_instant_has_later_updates_and_no_drafts(page):
    said(page, "2026-11-20T14:00:00Z")

    assert check(page, at=NOW).warnings == ()
