"""A window that opens and ends between two builds: the page says so by its script, and stays true without it."""

import re
from datetime import UTC, datetime, timedelta

import pytest

from stillup import pipeline
from tests.tools import html_errors, in_page, need, serving

SEEN = "[...document.querySelectorAll(%r)].filter(e => e.offsetParent !== null).map(e => e.textContent.trim())"
LIST, ROW = SEEN % ".led [data-turns] > span", SEEN % "summary .state .state, summary > .state:not([data-turns])"
BANNER = f"[document.title, ...{SEEN % '.say h1, .say p'}]"


def build(page, start, end, at, more="", live=True):
    (page / "incidents").mkdir(exist_ok=True)
    (page / "incidents" / "work.yml").write_text(
        f"title: Webhooks move\nkind: maintenance\n"
        f"scheduled: {{start: {start:%Y-%m-%dT%H:%M:%SZ}, end: {end:%Y-%m-%dT%H:%M:%SZ}{more}}}\n"
        f"updates:\n  - at: {at - timedelta(hours=1):%Y-%m-%dT%H:%M:%SZ}\n    status: scheduled\n"
        "    components: {payments: under_maintenance}\n    body: Work.\n"
    )
    return pipeline.build(page, at=at, live=live).site


CALM = ["All Systems Operational · Ledger Status", "All Systems Operational"]
AT_WORK = ["Service Under Maintenance · Ledger Status", "Service Under Maintenance"]


NOW = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)
START, END = NOW + timedelta(hours=1), NOW + timedelta(hours=2)
SECOND = timedelta(seconds=1)


def seen(url, at, **expressions):
    """Return what a reader sees whose clock says `at`."""
    return in_page(
        url,
        lambda tab: [tab.evaluate(each) for each in expressions.values()],
        listen=lambda tab: tab.clock.set_fixed_time(at),
        bypass_csp=True,
    )


def test_the_page_turns_with_the_clock_of_its_reader(page):
    """Built once, an hour before the window; read before, at and after each of its edges."""
    need("chromium")
    site = build(page, START, END, NOW)
    turns = [
        (START - SECOND, CALM, "Operational", "Planned", "Planned maintenance"),
        (START, AT_WORK, "Under maintenance", "In progress", "Maintenance in progress"),
        (END - SECOND, AT_WORK, "Under maintenance", "In progress", "Maintenance in progress"),
        (END, CALM, "Operational", "Completed", "Maintenance completed"),
    ]

    with serving(site) as url:
        for at, banner, row, listed, kick in turns:
            said, rows, lines = seen(url, at, banner=BANNER, rows=ROW, lines=LIST)
            assert (said[:2], rows, lines) == (banner, [row, "Operational", "Operational"], [listed])
            assert seen(url + "maintenance/", at, lines=LIST) == [[listed]]
            assert seen(url + "incidents/work/", at, kick=SEEN % ".kick .state") == [[kick]]
            assert seen(url + "components/payments/", at, state=SEEN % "[data-turns] .state") == [[row]]


def test_an_open_page_turns_at_the_very_instant(page):
    need("chromium")
    site = build(page, START, END, NOW)

    def stand(tab):
        tab.clock.install(time=NOW)
        tab.clock.pause_at(START - 10 * SECOND)

    def work(tab):
        before = tab.evaluate(BANNER)
        tab.clock.run_for(9_000)
        assert tab.evaluate(BANNER) == before
        tab.clock.run_for(3_000)
        return before, tab.evaluate(BANNER)

    with serving(site) as url:
        before, after = in_page(url, work, listen=stand, bypass_csp=True)

    assert before[:2] == CALM
    assert after[:2] == AT_WORK
    assert "Webhooks move" in after[2]


def test_without_a_script_the_times_stand_and_the_state_is_that_of_the_build(page):
    site = build(page, START, END, NOW)

    for place, said in {"": "11:00 to 12:00 UTC", "incidents/work/": "Fri 20 Nov 2026, 11:00 to 12:00 UTC"}.items():
        text = (site / place / "index.html").read_text()
        assert said in text
        for more in re.findall(r"<[^>]*data-from[^>]*>", text):
            assert " hidden" in more
    assert html_errors([site]) == []


def test_what_is_written_ahead_of_its_time_is_not_told_by_the_script(page):
    build(page, START, END, NOW)
    record = page / "incidents" / "work.yml"
    draft = "  - {at: 2026-11-20T10:30:00Z, status: cancelled, body: Called off after all.}\n"
    record.write_text(record.read_text() + draft)

    site = pipeline.build(page, at=NOW, live=True).site

    assert "In progress" in (site / "index.html").read_text()
    for place in ("", "incidents/work/", "components/payments/", "maintenance/"):
        assert "ancelled" not in (site / place / "index.html").read_text()


@pytest.mark.parametrize(("more", "live"), [(", auto: false", True), ("", False)])
def test_nothing_turns_that_only_words_turn_or_that_is_of_a_stated_instant(page, more, live):
    site = build(page, START, END, NOW, more, live)

    assert "data-turns" not in (site / "index.html").read_text()
    assert "Planned" in (site / "index.html").read_text()
