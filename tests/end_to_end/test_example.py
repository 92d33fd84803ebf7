"""The example as its visitors and their machines meet it: every page of the site that is really built."""

import json
import re
from itertools import pairwise
from pathlib import Path

import feedparser
import pytest

from tests.judge import BUSY
from tests.site.test_look import MATERIAL_FAULTS, POLICY
from tests.tools import axe_everywhere, browse, evaluate, gallery, html_errors, in_page, lighthouse

OUTAGE = "incidents/2026-11-20-sign-in-and-payments-failing/"
KINDS = {
    "home": "",
    "incident-open": OUTAGE,
    "incident-resolved": "incidents/2026-11-09-card-payments-through-stripe-declined/",
    "maintenance-record": "incidents/2026-10-18-weekly-standby-check/",
    "component": "components/payments-stripe/",
    "history": "history/2026-11/",
    "year": "history/",
    "maintenance": "maintenance/",
    "uptime": "uptime/",
    "subscribe": "subscribe/",
    "about": "about/",
    "search": "search/",
    "404": "404.html",
}


@pytest.mark.needs("mkdocs", "vnu")
def test_every_page_is_valid(example):
    assert html_errors([example], ignore=MATERIAL_FAULTS) == []


@pytest.mark.needs("mkdocs", "chromium", "axe")
@pytest.mark.parametrize("place", KINDS.values(), ids=KINDS)
def test_nobody_is_shut_out_of_a_page(example_url, place):
    """Light and dark, on a desk, on a small phone, and enlarged to 400 %."""
    assert axe_everywhere(example_url + place) == {}


@pytest.mark.needs("mkdocs", "chromium")
def test_affected_components_stand_in_one_column_beside_their_states(example_url):
    """Three states of the outage, one below the other; their names begin at one line."""
    places = (
        "[...document.querySelectorAll('.facts .by > :last-child')].map(e => Math.round(e.getBoundingClientRect().x))"
    )
    lefts = evaluate(example_url, places, width=1280)

    assert (len(lefts), len(set(lefts))) == (3, 1)


@pytest.mark.needs("mkdocs", "chromium")
def test_on_a_phone_the_year_is_seen_whole(example_url):
    """Half of it below the other, in one scale, each month named within the window."""
    boxes = """() => [...document.querySelectorAll('.heat svg')].map(svg => [svg, ...svg.querySelectorAll('text')]
        .map(each => each.getBoundingClientRect()).map(box => [box.left, box.right, box.top, box.bottom]))"""

    def both(page):
        found = []
        for width in (1280, 320):
            page.set_viewport_size({"width": width, "height": 800})
            found.append(page.evaluate(boxes))
        return found

    (wide, wider), (first, second) = in_page(example_url + "components/payments-stripe/", both, javascript=False)

    assert wide[0][2] == wider[0][2], "beside each other at a desk"
    assert first[0][3] <= second[0][2], "one below the other on a phone"
    assert (first[0][1] - first[0][0]) / 27 == pytest.approx((second[0][1] - second[0][0]) / 26, abs=0.01)
    assert all(0 <= left < right <= 320 for left, right, *_ in first + second)


@pytest.mark.needs("mkdocs", "chromium")
@pytest.mark.parametrize("tree", ["", "es/"])
def test_on_a_phone_the_times_below_the_lanes_stand_apart(example_url, tree):
    """The night's 14 and 15 October make the longest of them."""
    boxes = (
        "[...document.querySelectorAll('.lane .axis > *')].map(e => e.getBoundingClientRect())"
        ".filter(box => box.width).map(box => [box.left, box.right])"
    )
    found = evaluate(f"{example_url}{tree}incidents/2026-10-14-text-messages-not-arriving/", boxes, width=390)

    assert len(found) == 3
    assert min(left - right for (_, right), (left, _) in pairwise(found)) >= 8


@pytest.mark.needs("mkdocs", "chromium")
@pytest.mark.parametrize("place", KINDS.values(), ids=KINDS)
def test_a_page_keeps_to_its_own_origin_and_to_the_policy(example_url, place):
    visit = browse(example_url + place, csp=POLICY)

    assert visit.foreign == ()
    assert visit.console == ()


@pytest.mark.needs("mkdocs", "chromium")
@pytest.mark.parametrize("script", [True, False])
def test_on_a_phone_in_the_outage_the_first_screen_answers_everything(example_url, script):
    bottoms = dict(
        evaluate(
            example_url,
            "['.say h1', '.next', '.f-since', '.f-affected']"
            ".map(name => [name, document.querySelector(name).getBoundingClientRect().bottom])",
            width=390,
            height=844,
            javascript=script,
        )
    )

    assert {name: bottom for name, bottom in bottoms.items() if bottom > 844} == {}


@pytest.mark.needs("mkdocs", "chromium")
def test_search_finds_an_incident_by_its_words(example_url):
    found = json.loads(evaluate(f"{example_url}search/search_index.json", "document.body.innerText"))

    titles = [entry["title"] for entry in found["docs"] if entry["location"] == OUTAGE]
    assert titles == ["Sign-in and payments are failing for all customers"]


@pytest.mark.needs("mkdocs", "chromium", "lighthouse")
@pytest.mark.parametrize("place", ["", OUTAGE])
def test_lighthouse_on_a_phone_finds_nothing_to_mend(example_url, place):
    """Full marks in what no machine changes; speed as far as a busy machine can tell it."""
    verdict = lighthouse(example_url + place, enough=90)

    scores = dict(verdict.scores)
    performance = scores.pop("performance")
    assert scores == {"accessibility": 100, "best-practices": 100, "seo": 100}
    assert round(verdict.shift, 3) == 0, "nothing that anybody sees moves"
    # Tests run on all cores at once: the time that scripts block is that of the neighbours, too.
    assert performance >= 90 or verdict.pace < BUSY, verdict


@pytest.mark.needs("mkdocs", "chromium")
def test_without_javascript_every_page_is_whole_at_every_width(example_url):
    """In one tab: no error, no other origin, nothing to scroll sideways from 320 to 1600 pixels."""
    wrong, asked, wide = [], [], {}

    def listen(page):
        page.on("request", lambda request: asked.append(request.url))
        page.on("console", lambda said: wrong.append(said.text))

    def walk(page):
        for name, place in KINDS.items():
            page.goto(example_url + place)
            for width in (320, 480, 768, 992, 1280, 1600):
                page.set_viewport_size({"width": width, "height": 800})
                if (found := page.evaluate("document.documentElement.scrollWidth")) > width:
                    wide[name, width] = found
            assert page.locator("h1").first.is_visible(), name

    in_page(example_url, walk, javascript=False, listen=listen)

    assert (wrong, wide) == ([], {})
    assert [url for url in asked if not url.startswith((example_url, "data:"))] == []


@pytest.mark.needs("mkdocs", "chromium")
def test_its_pages_and_messages_can_be_looked_at(example_url, shots):
    names = ("home", "incident-open", "incident-resolved", "component", "history", "maintenance")
    # Home whole; of the others the first screen says how they look, and takes a tenth of the time.
    made = gallery({f"example-{name}": example_url + KINDS[name] for name in names}, shots, whole={"example-home"})

    assert len(made) == 6 * len(names)
    assert all(path.is_file() for path in made)


@pytest.mark.needs("mkdocs")
@pytest.mark.parametrize("name", ["feed.rss", "feed.atom"])
def test_a_feed_reader_reads_every_update_and_its_links_lead_somewhere(example, name):
    feed = feedparser.parse((example / name).read_bytes())

    assert not feed.bozo
    assert feed.entries[0].title == "[Identified] Sign-in and payments are failing for all customers"
    assert len({entry.id for entry in feed.entries}) == len(feed.entries) == 50
    for entry in feed.entries:
        place, _, fragment = entry.link.removeprefix("https://status.example.com/").partition("#")
        page = (example / place / "index.html").read_text(encoding="utf-8")
        assert not fragment or f'id="{fragment}"' in page, entry.link


@pytest.mark.needs("mkdocs")
def test_nothing_that_changes_by_itself_stands_in_an_old_incident(example):
    page = (example / KINDS["incident-resolved"] / "index.html").read_text(encoding="utf-8")

    page = re.sub(r'<div class="live in".*?</div>', "", page)  # the words that the script fills in
    assert re.findall(r"ago|today|built|Built", page) == []
    assert "Sign-in and payments" not in page


def test_the_outbox_of_the_example_tells_the_plans_words(example_root, tmp_path):
    from tests.tools import AT, stillup

    done = stillup(
        "publish", "--root", example_root, "--at", AT, "--site-dir", tmp_path / "site", "--outbox", tmp_path / "outbox"
    )
    assert done.returncode == 0, done.stderr
    first = Path(tmp_path / "outbox" / OUTAGE.split("/")[1] / "20261120t101200z" / "customers.txt").read_text()

    assert "We're currently investigating reports of issues with" in first
    assert "Affected Services: " in first
    assert "Started: Fri 20 Nov 2026, 10:05 UTC" in first
    assert "Current Status: Investigating" in first
    assert re.search(r"We'll provide updates every \d+ minutes", first)
    assert "- The Advancia Pay Ledger Team" in first
