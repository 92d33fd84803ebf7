"""A window that opens and ends between two builds: the page says so by its script, and stays true without it."""

from datetime import UTC, datetime, timedelta

import pytest

from stillup import pipeline
from tests.tools import evaluate, need, serving

SHOWN = (
    "[...document.querySelectorAll('[data-turns] > span')].filter(e => e.offsetParent !== null)"
    ".map(e => e.textContent.trim())"
)


def build(page, start, end, at, more="", live=True):
    (page / "incidents").mkdir(exist_ok=True)
    (page / "incidents" / "work.yml").write_text(
        f"title: Webhooks move\nkind: maintenance\n"
        f"scheduled: {{start: {start:%Y-%m-%dT%H:%M:%SZ}, end: {end:%Y-%m-%dT%H:%M:%SZ}{more}}}\n"
        f"updates:\n  - at: {at - timedelta(hours=1):%Y-%m-%dT%H:%M:%SZ}\n    status: scheduled\n"
        "    components: {payments: under_maintenance}\n    body: Work.\n"
    )
    return pipeline.build(page, at=at, live=live).site


@pytest.mark.parametrize(
    ("starts", "ends", "said"),
    [(60, 120, "Planned"), (-20, 60, "In progress"), (-40, -20, "Completed")],
    ids=["before", "during", "after"],
)
def test_the_page_turns_with_the_clock_of_its_reader(page, starts, ends, said):
    """Built an hour ago; `starts` and `ends` are minutes from now."""
    need("chromium")
    now = datetime.now(UTC).replace(microsecond=0)
    start, end = now + timedelta(minutes=starts), now + timedelta(minutes=ends)
    site = build(page, start, end, now - timedelta(hours=1))

    with serving(site) as url:
        for place in ("", "maintenance/"):
            assert evaluate(url + place, SHOWN) == [said]


@pytest.mark.parametrize(("more", "live"), [(", auto: false", True), ("", False)])
def test_nothing_turns_that_only_words_turn_or_that_is_of_a_stated_instant(page, more, live):
    now = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)
    site = build(page, now + timedelta(hours=1), now + timedelta(hours=2), now, more, live)

    assert "data-turns" not in (site / "index.html").read_text()
    assert "Planned" in (site / "index.html").read_text()
