"""The text-only page: small whatever happens, and with everything that matters in it."""

import re
from html import unescape

import pytest

from stillup.site.lite import LIMIT
from tests.end_to_end.page import Site
from tests.site.test_look import POLICY
from tests.tools import axe_everywhere, browse, html_errors, in_page

LONG = "We are checking every copy of the ledger, entry by entry. " * 60
WIDE = "決済が失敗しています。" * 300


def crowded(count: int, incidents: int, body: str) -> dict[str, str]:
    """Return records of `count` components, and of `incidents` open ones that hold all of them."""
    records = {"site_overrides/assets/own.css": "", "docs/about.md": "# About\n"} | {
        f"components/part-{n:03}.yml": f"name: A part of the platform, number {n}\ngroup: group-{n % 9}\n"
        for n in range(count)
    }
    for n in range(incidents):
        records[f"incidents/outage-{n:02}.yml"] = (
            f"title: The platform fails for customers in region {n}\nupdates:\n  - at: 2026-11-20T10:{n + 10}:00Z\n"
            "    status: investigating\n    components:\n"
            + "".join(f"      part-{m:03}: {'major' if m % 2 else 'partial'}_outage\n" for m in range(n, count))
            + f"    scope: {body[:400]}\n    workaround: {body[:400]}\n    next_update_in: 2h\n"
            f"    body: |\n      {body}\n\n      {body}\n"
        )
    return records


def test_the_text_page_stays_within_the_first_bytes_of_an_answer(tmp_path):
    page = Site.make(tmp_path, crowded(3, 1, LONG))
    for count, incidents, body in ((3, 1, LONG), (200, 12, LONG), (200, 12, WIDE)):
        for path, text in crowded(count, incidents, body).items():
            page.write(path, text)
        page.build()
        made = (tmp_path / "site" / "lite" / "index.html").read_bytes()

        text = words(made)
        assert len(made) < LIMIT
        assert text.count("Major System Outage") == 2
        assert "The platform fails for customers in region" in text
        assert "Next update by" in text
        left = re.search(r"(\d+) more open incidents? on the full status page", text)
        assert bool(left) == (incidents > 1)


def words(made: bytes) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", made.decode())).split())


@pytest.mark.needs("mkdocs")
def test_the_text_page_answers_what_people_ask_in_an_outage(example):
    text = words((example / "lite" / "index.html").read_bytes())

    assert "Major System Outage Sign-in, payments and the dashboard still fail for all customers." in text
    assert "Next update by 10:56 UTC" in text
    assert "Since Fri 20 Nov, 10:05 UTC" in text
    assert "All customers on all plans, in US-East and US-West." in text
    assert "Please do not retry payments." in text
    assert "Identified, 10:41 UTC The standby of the ledger database is now taking traffic" in text
    assert "5 other components are operational." in text
    assert "Report a problem" in text


@pytest.mark.needs("mkdocs", "chromium", "axe", "vnu")
def test_the_text_page_asks_for_next_to_nothing_and_can_be_read_by_everyone(example, example_url):
    assert html_errors([example / "lite" / "index.html"]) == []
    visit = browse(f"{example_url}lite/", csp=POLICY)
    asked = [url.removeprefix(example_url) for url in visit.requests if url.startswith("http")]
    assert (asked, visit.console) == (["lite/", "assets/lite.css"], ())
    assert (example / "lite" / "index.html").stat().st_size + (example / "assets" / "lite.css").stat().st_size < LIMIT
    assert axe_everywhere(f"{example_url}lite/") == {}


@pytest.mark.needs("mkdocs", "chromium")
def test_the_foot_of_each_page_leads_to_the_text_page(example_url):
    def follow(page):
        page.click("footer >> text=Text only")
        return page.url, page.inner_text("h1")

    assert in_page(example_url, follow) == (f"{example_url}lite/", "Major System Outage")
    assert in_page(f"{example_url}components/payments-stripe/", follow)[0] == f"{example_url}lite/"
